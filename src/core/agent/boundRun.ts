import { visibleLine } from '../../shared/visible.ts';
import { isInside } from '../scope/spelling.ts';
import type { Message } from '../models/port.ts';
import { folderWords, SINCE } from '../briefing/prompt.ts';
import type { Saved } from './storedRun.ts';

/** Where a folder was, and where it is now; without `to` it is no part of the run any more. */
export interface MovedFolder {
  from: string;
  to?: string;
}

/**
 * A stored run as it goes on in other places. What was said stays as it was said; where the model reads what the
 * workspace is, it reads of the new places, and which old ones they were.
 */
export function boundRun(before: Saved, folders: readonly MovedFolder[]): Saved {
  const roots = folders.flatMap(({ to }) => (to === undefined ? [] : [to]));
  const [system, ...said] = before.messages;
  if (system?.role !== 'system') return before;
  const old = folders.map(({ from }) => from);
  const text = [...inOtherFolders(system.text.split('\n'), { old, roots }), ...folders.flatMap(sinceWords)].join('\n');
  const prompt: Message = { role: 'system', text };
  return {
    ...before,
    contentOf: before.contentOf.map((entry) => movedEntry(entry, folders)),
    messages: [prompt, ...said],
  };
}

/** The lines that say which folders there are, in the place of those that said it. */
function inOtherFolders(
  lines: readonly string[],
  { old, roots }: { old: readonly string[]; roots: readonly string[] },
): string[] {
  const said = new Set(folderWords(old[0] ?? '', old));
  const bare = (line: string): string => line.replace(/^- /, '');
  const at = lines.findIndex((line) => said.has(bare(line)));
  const now = folderWords(roots[0] ?? '', roots);
  if (at === -1) return [...lines, ...now];
  const mark = lines[at]?.startsWith('- ') === true ? '- ' : '';
  const rest = lines.slice(at).filter((line) => !said.has(bare(line)));
  return [...lines.slice(0, at), ...now.map((line) => mark + line), ...rest];
}

function sinceWords({ from, to }: MovedFolder): string[] {
  if (to === undefined) return [`${SINCE}${visibleLine(from)} is no part of the workspace any more.`];
  return to === from
    ? []
    : [
        `${SINCE}what was ${visibleLine(from)} is now ${visibleLine(to)}. Paths said earlier mean the same files there.`,
      ];
}

/** An entry as in `tools/command/contentOf.ts`: `path`, `folder/`, `?folder/`. */
function movedEntry(entry: string, folders: readonly MovedFolder[]): string {
  const unsure = entry.startsWith('?') ? '?' : '';
  const path = entry.slice(unsure.length);
  const moved = folders.find(({ from, to }) => to !== undefined && isInside(from, path.replace(/\/$/, '')));
  return moved?.to === undefined ? entry : `${unsure}${moved.to}${path.slice(moved.from.length)}`;
}
