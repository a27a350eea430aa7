import { realpathSync } from 'node:fs';
import { NoSuchRun } from '../core/outcome.ts';
import type { RunSummary } from '../shared/auditEvent.ts';
import { shortId } from '../terminal/historyText.ts';

/** What is needed of the log to find a run by what a person calls it. */
export interface Runs {
  summaries(runs: readonly string[]): Promise<RunSummary[]>;
  runs(limit: number, before?: number): Promise<RunSummary[]>;
}

/** The least that is taken for the beginning of a name: fewer letters would be too easily those of another one. */
const LEAST = 4;
const PAGE = 200;

/** A run that puts back what another one changed: no agent is in it, and nobody means it by "last". */
const BY_NO_AGENT = 'none';

/**
 * The run that somebody means: by its whole name, by the beginning of it where no other run begins so, or as "last", the
 * last one of an agent in this folder. Throws `NoSuchRun`.
 */
export async function runNamed(word: string, runs: Runs, folder = '.'): Promise<RunSummary> {
  const [exact] = await runs.summaries([word]);
  if (exact) return exact;
  if (word === 'last') {
    const last = await lastIn(folder, runs);
    if (last) return last;
    throw new NoSuchRun('last', 'in this folder; "oversign history" lists those of all folders');
  }
  const found: RunSummary[] = [];
  if (word.length >= LEAST) for await (const run of all(runs)) if (run.run.startsWith(word)) found.push(run);
  const [only, ...others] = found;
  if (only && others.length === 0) return only;
  if (!only) throw new NoSuchRun(word);
  const names = found.slice(0, 5).map(({ run }) => shortId(run, 13));
  throw new NoSuchRun(word, `alone: ${found.length} begin so (${names.join(', ')}); give more letters`);
}

/** The last run in a folder in which an agent worked. */
export async function lastIn(folder: string, runs: Runs): Promise<RunSummary | undefined> {
  const real = realpathSync(folder);
  for await (const run of all(runs)) if (run.folder === real && run.model !== BY_NO_AGENT) return run;
  return undefined;
}

async function* all(runs: Runs): AsyncIterable<RunSummary> {
  let before: number | undefined;
  for (;;) {
    const page = await runs.runs(PAGE, before);
    yield* page;
    before = page.at(-1)?.start;
    if (page.length < PAGE || before === undefined) return;
  }
}
