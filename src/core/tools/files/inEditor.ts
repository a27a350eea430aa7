import { isMetAt, type UnsavedFile } from '../../editor/openFiles.ts';
import type { CallContext, Performed } from '../tool.ts';
import { namesOf } from '../unsaved.ts';

/** Whether anything at or below a path is unsaved in the editor. */
export async function isUnsavedAt(path: string, { files }: Pick<CallContext, 'files'>): Promise<boolean> {
  return (await files.unsaved()).some((one) => isMetAt(path, one));
}

/** What a result says where the editor, which saved a file, did more than what was approved. */
export function savedOtherwise(
  content: Uint8Array,
  written: Uint8Array,
  shown: string,
): { words: string; told: Pick<Performed, 'facts' | 'remarks'> } {
  if (content.length === written.length && content.every((byte, at) => byte === written[at]))
    return { words: '', told: { facts: {} } };
  const words = `When the editor saved ${shown}, it became other text than was approved: by a formatter, or by what was typed meanwhile.`;
  return { words: ` ${words} Read it again.`, told: { facts: { savedOtherwise: true }, remarks: [words] } };
}

/** What is said of unsaved files that were read, as lines of a result; empty where none were. */
export async function unsavedReadWords(
  isRead: (path: string) => boolean,
  { files, scope }: Pick<CallContext, 'files' | 'scope'>,
): Promise<string> {
  const read = (await files.unsaved()).filter(({ path }) => isRead(path));
  const names = (those: readonly UnsavedFile[]): string =>
    namesOf(
      those.map(({ path }) => path),
      scope,
    );
  const told = read.filter(({ text }) => text !== undefined);
  const untold = read.filter(({ text }) => text === undefined);
  return [
    ...(told.length > 0
      ? [
          `[unsaved in the editor: ${names(told)}. This is the user's text there; the disk, and commands, have older text]`,
        ]
      : []),
    ...(untold.length > 0
      ? [`[unsaved in the editor: ${names(untold)}. What the editor holds cannot be read; this is the saved text]`]
      : []),
  ].join('\n');
}
