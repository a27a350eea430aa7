import { isInside } from '../scope/spelling.ts';
import type { Message } from '../models/port.ts';
import { systemPrompt } from './prompt.ts';
import type { Saved } from './storedRun.ts';

/** Where a folder was, and where it is now; without `to` it is no part of the run any more. */
export interface MovedFolder {
  from: string;
  to?: string;
}

/** Begins each line in which a model is told where folders came to stand. */
const SINCE = 'Since then: ';

/**
 * A stored run as it goes on in other places. What was said stays as it was said; where the model reads what the
 * workspace is, it reads of the new places, and which old ones they were.
 */
export function boundRun(before: Saved, folders: readonly MovedFolder[]): Saved {
  const roots = folders.flatMap(({ to }) => (to === undefined ? [] : [to]));
  const [system, ...said] = before.messages;
  if (system?.role !== 'system') return before;
  const told = system.text.split('\n').filter((line) => line.startsWith(SINCE));
  const text = [systemPrompt(roots[0] ?? '', roots), ...told, ...folders.flatMap(sinceWords)].join('\n');
  const prompt: Message = { role: 'system', text };
  return {
    ...before,
    contentOf: before.contentOf.map((entry) => movedEntry(entry, folders)),
    messages: [prompt, ...said],
  };
}

function sinceWords({ from, to }: MovedFolder): string[] {
  if (to === undefined) return [`${SINCE}${from} is no part of the workspace any more.`];
  return to === from ? [] : [`${SINCE}what was ${from} is now ${to}. Paths said earlier mean the same files there.`];
}

/** An entry as in `tools/command/contentOf.ts`: `path`, `folder/`, `?folder/`. */
function movedEntry(entry: string, folders: readonly MovedFolder[]): string {
  const unsure = entry.startsWith('?') ? '?' : '';
  const path = entry.slice(unsure.length);
  const moved = folders.find(({ from, to }) => to !== undefined && isInside(from, path.replace(/\/$/, '')));
  return moved?.to === undefined ? entry : `${unsure}${moved.to}${path.slice(moved.from.length)}`;
}
