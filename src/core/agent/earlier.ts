import type { EventData, EventPayload, EventType } from '../../shared/auditEvent.ts';
import type { Past } from './past.ts';
import type { Rest } from './phase.ts';
import type { Saved } from './storedRun.ts';

export interface EventOf<T extends EventType> {
  data: EventData[T];
  payload: EventPayload[T];
}

/** What a run goes on from. */
export interface Earlier {
  before?: Saved;
  past?: Past;
  /** Which of its stored conversations it is (core/audit/port.ts). */
  stands?: number | undefined;
  bound?: EventOf<'folders_bound'>;
  /** A new run begins with it: the record of that. */
  forked?: EventOf<'forked'>;
  rest?: Rest;
}
