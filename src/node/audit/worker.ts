import { parentPort, workerData } from 'node:worker_threads';
import { chmodSync, existsSync } from 'node:fs';
import { identityOf } from '../process/identity.ts';
import { openDatabase } from './database.ts';
import type { StoreReply, StoreRequest } from './messages.ts';
import { AuditStore } from './store.ts';

const { file, pid } = workerData as { file: string; pid: number };
let store: AuditStore | undefined;

/** Opened at the first request, so that a broken log answers each request with its problem. */
function opened(): AuditStore {
  if (store) return store;
  const database = openDatabase(file);
  for (const suffix of ['', '-wal', '-shm']) if (existsSync(file + suffix)) chmodSync(file + suffix, 0o600);
  store = new AuditStore(database, identityOf(pid));
  return store;
}

parentPort?.on('message', (request: StoreRequest) => {
  let reply: StoreReply;
  try {
    const target = opened();
    const call = target as unknown as Record<StoreRequest['method'], (...args: unknown[]) => unknown>;
    reply = { id: request.id, value: call[request.method](...request.args) };
  } catch (error) {
    reply = { id: request.id, problem: error instanceof Error ? error.message : String(error) };
  }
  parentPort?.postMessage(reply);
});
