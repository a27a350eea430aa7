import { MessageChannel, Worker } from 'node:worker_threads';
import type { PostgresAnswer, PostgresJob, PostgresPort } from '../../core/database/postgres.ts';
import type { SendingUnder } from '../../core/egress/http.ts';
import type { Passage } from '../../core/egress/port.ts';
import { ToolFailure } from '../../core/outcome.ts';
import { visibleLine } from '../../shared/visible.ts';
import { connection as connectTo } from '../egress/connection.ts';
import { isLoopback } from '../egress/loopback.ts';
import { bySystem, judgedAddress, type LookUp } from '../egress/judgedAddress.ts';
import { causeOf } from '../egress/causeOf.ts';
import type { Carried } from './portStream.ts';
import type { WorkerJob, WorkerWord } from './postgresWorker.ts';

/** What of a server's words is taken; and how long more than the server itself is waited for. */
const [MOST_BYTES, PATIENCE_MS] = [8 * 1024 ** 2, 3000];
const MOST_ERROR = 500;
const MEMORY = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 32 };

/** PostgreSQL servers: each job in a session of its own to the judged address, read in a thread that can be ended. */
export class PostgresServers implements PostgresPort {
  readonly #lookUp: LookUp;

  constructor(lookUp: LookUp = bySystem) {
    this.#lookUp = lookUp;
  }

  async ask(job: PostgresJob, under: SendingUnder): Promise<PostgresAnswer> {
    const { connection, statements, seconds } = job;
    const { host, port, database } = connection;
    const limit = AbortSignal.timeout(seconds * 1000 + PATIENCE_MS);
    const signal = AbortSignal.any([under.signal, limit]);
    const to = await judgedAddress(host, { judge: under.judge, lookUp: this.#lookUp, signal });
    const passage = await under.permit({
      ...{ origin: `postgresql://${host}:${port}`, method: job.mode.toUpperCase(), path: `/${database}` },
      bytes: new TextEncoder().encode(statements.join('\n')).length,
      ...{ isLocal: isLoopback(host), address: to.address },
    });
    const where = `${connection.name} (${connection.host})`;
    let received = 0;
    const counted: Passage = {
      endedBy: () => passage.endedBy(),
      received: (bytes) => {
        received += bytes;
        passage.received(bytes);
      },
    };
    let word: WorkerWord;
    try {
      const socket = await connectTo(new URL(`http://${host}:${port}`), { to }, signal);
      word = await inWorker(job, { socket, passage: counted, signal });
    } catch (error) {
      if (under.signal.aborted) throw under.signal.reason;
      throw new ToolFailure(
        limit.aborted
          ? `${where} took longer than is waited for; whatever was not committed is taken back`
          : `${where} did not answer: ${visibleLine(causeOf(error).slice(0, MOST_ERROR))}`,
      );
    }
    if ('problem' in word) throw new ToolFailure(wordsFor(word.problem, job));
    return { ...word.answer, address: to.address, received };
  }
}

/** Carries a connection to a thread, counted, until that has said what came of its job; then both are gone. */
async function inWorker(
  job: PostgresJob,
  { socket, passage, signal }: { socket: Awaited<ReturnType<typeof connectTo>>; passage: Passage; signal: AbortSignal },
): Promise<WorkerWord> {
  const { port1: here, port2: carrier } = new MessageChannel();
  const isSource = import.meta.url.endsWith('.ts');
  const url = new URL(isSource ? './postgresWorker.ts' : './postgres-worker.js', import.meta.url);
  const workerData: WorkerJob = { carrier, job };
  // Without the environment: the client takes servers, passwords and more out of it.
  const worker = new Worker(url, { workerData, transferList: [carrier], env: {}, resourceLimits: MEMORY });
  let stop: (() => void) | undefined;
  try {
    return await new Promise<WorkerWord>((resolve, reject) => {
      stop = () => {
        reject(signal.reason instanceof Error ? signal.reason : new Error('stopped'));
      };
      signal.addEventListener('abort', stop, { once: true });
      if (signal.aborted) stop();
      let received = 0;
      socket.on('data', (chunk: Buffer) => {
        received += chunk.length;
        passage.received(chunk.length);
        if (received > MOST_BYTES) reject(new Error(`more than ${MOST_BYTES / 1024 ** 2} MB came`));
        else here.postMessage({ bytes: new Uint8Array(chunk) } satisfies Carried);
      });
      socket.on('end', () => {
        here.postMessage({ end: true } satisfies Carried);
      });
      socket.on('error', reject);
      here.on('message', (carried: Carried) => {
        if ('end' in carried) socket.end();
        else if (socket.writable) socket.write(carried.bytes);
      });
      worker.on('message', resolve);
      worker.on('error', reject);
      worker.on('exit', () => {
        reject(new Error('what it said could not be understood'));
      });
    });
  } finally {
    if (stop) signal.removeEventListener('abort', stop);
    socket.on('error', () => undefined).destroy();
    here.close();
    await worker.terminate();
  }
}

function wordsFor(
  { message, code, isOurs }: Extract<WorkerWord, { problem: unknown }>['problem'],
  { connection }: PostgresJob,
): string {
  if (isOurs) return message;
  const where = `${connection.name} (${connection.host})`;
  if (code.startsWith('28'))
    return `${where} does not let ${connection.user} in. Set its password: Oversign: Set Database Password, or the variable of password_variable`;
  const words = visibleLine(message.slice(0, MOST_ERROR));
  return /^[0-9A-Z]{5}$/.test(code)
    ? `PostgreSQL: ${words} (${code}). Nothing was changed`
    : `${where} did not answer: ${words}`;
}
