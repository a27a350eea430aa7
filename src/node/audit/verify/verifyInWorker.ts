import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import type { Verdict } from '../../../core/audit/verdict.ts';
import type { Bad } from './bad.ts';
import { brokenBy, type Against, type Progress } from './verifyLog.ts';
import { Failure } from '../../../core/outcome.ts';

export interface VerifyJob {
  /** A log's database, or an export. */
  file: string;
  against: Against;
}

export type VerifyNews =
  { done: number; of: number } | { verdict: Verdict } | { pages: Bad | undefined } | { problem: string; bug?: string };

/**
 * Checks a log in threads of its own: one for the chain, one for the database's pages and indexes, which takes as long.
 * A stop ends them at once. Undefined where it was stopped.
 */
export async function verifyInWorker(
  job: VerifyJob,
  signal: AbortSignal,
  progress: Progress = () => undefined,
): Promise<Verdict | undefined> {
  if (!existsSync(job.file)) throw new Failure(`There is no log ${job.file}.`);
  const [chain, pages] = await Promise.all([
    inThread(job, 'chain', signal, progress),
    inThread(job, 'pages', signal, () => undefined),
  ]);
  if (!chain || !pages || !('verdict' in chain)) return undefined;
  const { verdict } = chain;
  const damage = 'pages' in pages ? pages.pages : undefined;
  return verdict.state !== 'broken' && damage ? brokenBy(damage, verdict) : verdict;
}

type Answer = Extract<VerifyNews, { verdict: Verdict } | { pages: Bad | undefined }>;

async function inThread(
  job: VerifyJob,
  part: 'chain' | 'pages',
  signal: AbortSignal,
  progress: Progress,
): Promise<Answer | undefined> {
  const isSource = import.meta.url.endsWith('.ts');
  const url = new URL(isSource ? './verifyWorker.ts' : './verify-worker.js', import.meta.url);
  const worker = new Worker(url, { workerData: { ...job, part }, env: {} });
  try {
    return await new Promise<Answer | undefined>((resolve, reject) => {
      const stopped = (): void => {
        resolve(undefined);
      };
      if (signal.aborted) stopped();
      signal.addEventListener('abort', stopped, { once: true });
      worker.on('error', reject);
      worker.on('exit', () => {
        reject(new Failure('The check ended before it was done.'));
      });
      worker.on('message', (news: VerifyNews) => {
        if ('verdict' in news || 'pages' in news) resolve(news);
        else if ('problem' in news)
          reject(news.bug === undefined ? new Failure(news.problem) : bugWith(news.problem, news.bug));
        else progress(news.done, news.of);
      });
    });
  } finally {
    await worker.terminate();
  }
}

/** A bug of the worker, with the worker's stack. */
function bugWith(words: string, stack: string): Error {
  const bug = new Error(words);
  bug.stack = stack;
  return bug;
}
