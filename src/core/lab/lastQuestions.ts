import type { AuditReader } from '../audit/port.ts';
import { questionsIn, type PastQuestion } from './spared.ts';

/** So many questions are looked at, and so many runs for them. */
const [MOST_QUESTIONS, MOST_RUNS] = [40, 30];

/** The one that waits, and those of the last runs of its workspace before it: each run's own, newest run first. */
export interface LastQuestions {
  waiting: PastQuestion | undefined;
  runs: PastQuestion[][];
}

/** Reads what was asked last in these folders. `waiting`: the approval that it is for, which is none of them. */
export async function lastQuestions(
  audit: Pick<AuditReader, 'runsIn' | 'events'>,
  { waiting: approval, folders }: { waiting: string; folders: readonly string[] },
): Promise<LastQuestions> {
  const found: LastQuestions = { waiting: undefined, runs: [] };
  let left = MOST_QUESTIONS;
  const last = await Promise.all(folders.map((folder) => audit.runsIn(folder, MOST_RUNS)));
  for (const { run } of last
    .flat()
    .sort((a, b) => b.start - a.start)
    .slice(0, MOST_RUNS)) {
    if (left === 0) break;
    const all = questionsIn(await audit.events(run, 1));
    found.waiting ??= all.find(({ id }) => id === approval);
    const newest = all.filter(({ id }) => id !== approval).slice(-left);
    left -= newest.length;
    if (newest.length > 0) found.runs.push(newest);
  }
  return found;
}
