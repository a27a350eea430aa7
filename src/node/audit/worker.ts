import { parentPort, workerData } from 'node:worker_threads';
import { identityOf } from '../process/identity.ts';
import type { StoreReply, StoreRequest } from './messages.ts';
import { AuditStore } from './store.ts';

/** How long nothing must be asked for before events are made searchable. */
const IDLE_MS = 250;

const { file, pid } = workerData as { file: string; pid: number };
const store = new AuditStore(file, identityOf(pid));
let idle: NodeJS.Timeout | undefined;

/** A little at a time: a record that has to be written waits for no more than that. */
function advance(): void {
  try {
    if (store.advance() > 0) idle = setTimeout(advance, 1);
  } catch {
    // Whoever searches hears about it.
  }
}

function post(reply: StoreReply): void {
  parentPort?.postMessage(reply);
}

parentPort?.on('message', (request: StoreRequest) => {
  clearTimeout(idle);
  try {
    const call = store as unknown as Record<StoreRequest['method'], (...args: unknown[]) => unknown>;
    post({ id: request.id, value: call[request.method](...request.args) });
  } catch (error) {
    post({ id: request.id, problem: error instanceof Error ? error.message : String(error) });
  }
  const head = store.takeHead();
  if (head) post({ head });
  idle = setTimeout(advance, IDLE_MS);
});
