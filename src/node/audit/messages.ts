import type { AuditStore } from './store.ts';

/** The methods of the store that may be called from outside the worker. */
export type StoreMethod = Exclude<keyof AuditStore, 'close'>;

export interface StoreRequest {
  id: number;
  method: StoreMethod;
  args: unknown[];
}

export type StoreReply = { id: number; value: unknown } | { id: number; problem: string };
