import type { SeenHead } from '../../core/audit/port.ts';
import type { Problem } from './crossing.ts';
import type { AuditStore } from './store.ts';

/** The methods of the store that may be called from outside the worker. */
export type StoreMethod = Exclude<keyof AuditStore, 'close' | 'takeHead'>;

export interface StoreRequest {
  id: number;
  method: StoreMethod;
  args: unknown[];
}

/** An answer, or word of a new signature. */
export type StoreReply = { id: number; value: unknown } | ({ id: number } & Problem) | { head: SeenHead };
