import type { SeenHead } from '../../core/audit/port.ts';
import type { Gap } from './setAside.ts';
import type { AuditStore } from './store.ts';

/** The methods of the store that may be called from outside the worker. */
export type StoreMethod = Exclude<keyof AuditStore, 'close' | 'takeHead'>;

export interface StoreRequest {
  id: number;
  method: StoreMethod;
  args: unknown[];
}

/** The classes of error that come out of the store, as they cross to whoever asked. A bug has its stack. */
export type Problem = { problem: string } & (
  | { name: 'RunFull' | 'LogRefusal' | 'ConversationChanged' | 'RulesChanged' | 'IndexDamaged' | 'Failure' }
  | { name: 'LogReplaced'; gap: Gap['reason'] | undefined }
  | { name: 'OtherFormat'; isNewer: boolean }
  | { name: 'bug'; stack: string }
);

/** An answer, or word of a new signature. */
export type StoreReply = { id: number; value: unknown } | ({ id: number } & Problem) | { head: SeenHead };
