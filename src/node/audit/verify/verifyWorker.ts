import { closeSync, openSync, readSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { problemOf } from '../crossing.ts';
import { exportSource } from './exportFile.ts';
import { checkIntegrity, verifyDatabase } from './verifyDatabase.ts';
import type { VerifyJob, VerifyNews } from './verifyInWorker.ts';
import { verifySource } from './verifyLog.ts';

const { file, against, part } = workerData as VerifyJob & { part: 'chain' | 'pages' };

function post(news: VerifyNews): void {
  parentPort?.postMessage(news);
}

try {
  const progress = (done: number, of: number): void => {
    post({ done, of });
  };
  if (part === 'pages') post({ pages: isDatabase(file) ? checkIntegrity(file) : undefined });
  else if (isDatabase(file)) post({ verdict: verifyDatabase(file, against, progress) });
  else post({ verdict: verifySource(exportSource(file), { ...against, place: undefined }, progress) });
} catch (error) {
  const { problem, ...rest } = problemOf(error);
  post({ problem, ...('stack' in rest && { bug: rest.stack }) });
}

/** Exports begin with a brace; whatever does not is a database, or a damaged one. */
function isDatabase(path: string): boolean {
  const descriptor = openSync(path, 'r');
  try {
    const start = Buffer.alloc(1);
    return readSync(descriptor, start) === 0 || start.toString('latin1') !== '{';
  } finally {
    closeSync(descriptor);
  }
}
