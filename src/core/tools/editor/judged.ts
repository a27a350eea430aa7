import { isInside } from '../../scope/spelling.ts';
import { denialOf, Forbidden } from '../../scope/guard.ts';
import { ToolFailure } from '../../outcome.ts';
import type { ToolPorts } from '../ports.ts';
import type { CallContext } from '../tool.ts';

/** Files of one answer that are looked at. */
const MOST_FILES = 500;

/** What may be told of an answer: each item with the real path of its file. */
export interface Judged<T> {
  items: (T & { path: string })[];
  /** They are about files that may not be read, are no files, or lie outside of what was asked about. */
  leftOut: number;
}

/**
 * Judges the files that a language service speaks of as any path is judged: what is outside, denied, likely secret or no
 * file is left out. `below`: where the call looks; undefined where the answer may be about any file of the workspace.
 */
export async function judged<T extends { path: string }>(
  items: readonly T[],
  below: readonly string[] | undefined,
  { context, ports }: { context: CallContext; ports: Pick<ToolPorts, 'folder'> },
): Promise<Judged<T>> {
  const real = new Map<string, string | undefined>();
  const result: Judged<T> = { items: [], leftOut: 0 };
  for (const item of items) {
    const known =
      real.has(item.path) || real.size >= MOST_FILES
        ? real.get(item.path)
        : await readable(item.path, { context, ports });
    if (real.size < MOST_FILES) real.set(item.path, known);
    if (known === undefined) result.leftOut += 1;
    else if (below === undefined || below.some((folder) => isInside(folder, known)))
      result.items.push({ ...item, path: known });
  }
  return result;
}

/** The real path of a file that may be read without a question; undefined for all else. */
async function readable(
  spelling: string,
  { context: { files, scope }, ports }: { context: CallContext; ports: Pick<ToolPorts, 'folder'> },
): Promise<string | undefined> {
  if (!spelling.startsWith('/')) return undefined;
  try {
    const { path, kind } = await files.look(spelling, ports.folder, 'followed');
    const isOpen = kind === 'absent' && (await files.unsaved()).some((one) => one.path === path);
    if (kind !== 'file' && !isOpen) return undefined;
    return denialOf(scope, path, 'read') || scope.isSecret(path) ? undefined : path;
  } catch (error) {
    if (error instanceof Forbidden || error instanceof ToolFailure) return undefined;
    throw error;
  }
}

/** What is not among the items, as lines of a result. */
export function leftWords({ leftOut, left, odd }: { leftOut: number; left: number; odd: number }): string {
  return [
    leftOut > 0
      ? `\n[left out: ${leftOut} outside the workspace, or in files that are not read without a question]`
      : '',
    left > 0 ? `\n[${left} more not shown]` : '',
    odd > 0 ? `\n[${odd} that cannot be read]` : '',
  ].join('');
}
