import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import pg from 'pg';
import Cursor from 'pg-cursor';
import type { PostgresAnswer, PostgresJob } from '../../core/database/postgres.ts';
import type { StatementResult } from '../../core/database/rows.ts';
import { ToolFailure } from '../../core/outcome.ts';
import { checkedTls } from '../egress/checkedTls.ts';
import { PortStream } from './portStream.ts';
import { PostgresSession } from './postgresSession.ts';

// A thread of its own for each job: whatever a server says that none should, it is read in here, and this can be ended.

/** What a worker is given: a port that carries the connection, and what to do. */
export interface WorkerJob {
  carrier: MessagePort;
  job: PostgresJob;
}

/** What it says once. `code`: of the server (SQLSTATE) or of the connection; `isOurs`: a sentence of this product. */
export type WorkerWord =
  | { answer: Pick<PostgresAnswer, 'results' | 'estimates'> }
  | { problem: { message: string; code: string; isOurs: boolean } };

async function work({ carrier, job }: WorkerJob): Promise<WorkerWord> {
  const { host, port, database, user, tls } = job.connection;
  const stream = new PortStream(carrier);
  const client = new pg.Client({
    ...{ host, port, database, user, application_name: 'oversign', client_encoding: 'UTF8' },
    // A function: nothing else is looked for, in no variable and no file.
    password: () => job.password ?? '',
    stream: () => stream,
    ssl:
      tls === 'verify'
        ? { ...checkedTls(host.replace(/^\[|\]$/g, ''), undefined), ALPNProtocols: ['postgresql'] }
        : false,
    sslnegotiation: 'postgres',
  });
  const broken = new Promise<never>((_, reject) => {
    client.on('error', reject);
    stream.once('end', () => {
      reject(new Error('the connection ended'));
    });
  });
  broken.catch(() => undefined);
  try {
    await Promise.race([client.connect(), broken]);
    return { answer: await Promise.race([inSession(new PostgresSession(client, Cursor), job), broken]) };
  } catch (error) {
    const isOurs = error instanceof ToolFailure;
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    return { problem: { message: error instanceof Error ? error.message : 'unknown reason', code, isOurs } };
  }
}

/** What the role may do first; then each statement, in one transaction. */
async function inSession(
  session: PostgresSession,
  { mode, statements, caps, seconds, expected }: PostgresJob,
): Promise<Pick<PostgresAnswer, 'results' | 'estimates'>> {
  await session.begin('read only', seconds);
  await session.refusePowers();
  await session.end('rollback');
  const isReading = mode === 'read';
  await session.begin(isReading ? 'read only' : 'read write', seconds);
  const results: StatementResult[] = [];
  const estimates: (number | null)[] = [];
  for (const [index, text] of statements.entries()) {
    estimates.push(mode === 'trial' ? await session.estimate(text) : null);
    const result = await session.run(text, caps, !isReading);
    const wanted = expected?.[index];
    if (wanted !== undefined && wanted !== result.changed) {
      await session.end('rollback');
      throw new ToolFailure(
        `statement ${index + 1} would change ${result.changed} rows now, and not ${wanted} as was shown. Nothing was changed`,
      );
    }
    results.push(result);
  }
  await session.end(mode === 'write' ? 'commit' : 'rollback');
  return { results, estimates };
}

parentPort?.postMessage(await work(workerData as WorkerJob));
