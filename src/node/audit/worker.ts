import { parentPort, workerData } from 'node:worker_threads';
import { identityOf } from '../process/identity.ts';
import { problemOf } from './crossing.ts';
import type { StoreReply, StoreRequest } from './messages.ts';
import { AuditStore } from './store.ts';

/** How long nothing must be asked for before events are made searchable. */
const IDLE_MS = 250;
/** How long nothing must be asked for before what was written last is signed. */
const SETTLE_MS = 1000;

const { file, pid } = workerData as { file: string; pid: number };
const store = new AuditStore(file, identityOf(pid));
let idle: NodeJS.Timeout | undefined;
let settling: NodeJS.Timeout | undefined;

/** A little at a time: a record that has to be written waits for no more than that. */
function advance(): void {
  try {
    if (store.advance() > 0) idle = setTimeout(advance, 1);
  } catch {
    // Whoever searches hears about it.
  }
}

function answer({ id, method, args }: StoreRequest): StoreReply {
  try {
    const call = store as unknown as Record<StoreRequest['method'], (...args: unknown[]) => unknown>;
    return { id, value: call[method](...args) };
  } catch (error) {
    return { id, ...problemOf(error) };
  }
}

function post(reply: StoreReply): void {
  parentPort?.postMessage(reply);
}

function postHead(): void {
  const head = store.takeHead();
  if (head) post({ head });
}

/** A run that waits for a person, or a window that has nothing to do, leaves no end that nobody signed. */
function settle(): void {
  try {
    store.settle();
    postHead();
  } catch {
    // Said by whatever is recorded next.
  }
}

parentPort?.on('message', (request: StoreRequest) => {
  clearTimeout(idle);
  clearTimeout(settling);
  const reply = answer(request);
  postHead(); // first: whoever waits for the answer may be gone right after it
  post(reply);
  idle = setTimeout(advance, IDLE_MS);
  settling = setTimeout(settle, SETTLE_MS);
});
