import type { CodeEdit } from '../../editor/languages.ts';
import { ToolFailure } from '../../outcome.ts';
import type { ToolPorts } from '../ports.ts';
import type { CallContext } from '../tool.ts';
import { asked, EditSchema, MOST_ITEMS } from './asked.ts';
import { symbolAt, type SymbolArguments } from './symbolAt.ts';

const MOST_FILES = 100;
const MOST_TEXT = 100_000;

export type RenamePorts = Pick<ToolPorts, 'folder' | 'redactor' | 'foresee' | 'encodings' | 'languages' | 'outputs'>;

/**
 * What the language services would change, by the real path of each file, in the order of their names. All of it or
 * nothing: a part of a renaming leaves code that is broken. Whether the files may be changed is not said by this.
 * @throws ToolFailure
 */
export async function renameEdits(
  path: string,
  args: SymbolArguments & { to: string },
  { context, ports }: { context: CallContext; ports: RenamePorts },
): Promise<Map<string, CodeEdit[]>> {
  const { files, signal } = context;
  const place = await symbolAt(path, args, { context, ports });
  const heard = await asked((languages) => languages.rename(place, args.to, MOST_ITEMS), EditSchema, { ports, signal });
  if (heard.odd > 0) throw new ToolFailure('the language service said something that cannot be read; nothing was done');
  if (heard.left > 0) throw new ToolFailure(`it would make more than ${MOST_ITEMS} edits; nothing was done`);
  if (heard.items.length === 0) throw new ToolFailure('the language service knows no way to rename this');
  if (heard.items.reduce((sum, { text }) => sum + text.length, 0) > MOST_TEXT)
    throw new ToolFailure('the language service would write far more than a name; nothing was done');
  const bySpelling = new Map<string, CodeEdit[]>();
  for (const edit of heard.items) {
    const own = bySpelling.get(edit.path);
    if (own) own.push(edit);
    else bySpelling.set(edit.path, [edit]);
  }
  if (bySpelling.size > MOST_FILES)
    throw new ToolFailure(`it would change more than ${MOST_FILES} files; nothing was done`);
  const byPath = new Map<string, CodeEdit[]>();
  for (const [spelling, edits] of [...bySpelling].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (!spelling.startsWith('/')) throw new ToolFailure('it would change what is no file; nothing was done');
    const look = await files.look(spelling, ports.folder, 'followed');
    byPath.set(look.path, [...(byPath.get(look.path) ?? []), ...edits]);
  }
  return byPath;
}
