import type { EventData, EventPayload, EventType } from '../../shared/auditEvent.ts';
import type { Past } from './past.ts';
import type { Rest } from './phase.ts';
import type { RunRecord } from './runRecord.ts';
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

/** Where a run comes from, if that is anywhere else: recorded once, when it goes on. */
export class Origins {
  #bound: Earlier['bound'] | undefined;
  #forked: Earlier['forked'] | undefined;

  constructor({ bound, forked }: { bound: Earlier['bound'] | undefined; forked: Earlier['forked'] | undefined }) {
    this.#bound = bound;
    this.#forked = forked;
  }

  async record(log: RunRecord): Promise<void> {
    if (this.#bound) await log.add('folders_bound', this.#bound.data, this.#bound.payload);
    this.#bound = undefined;
    if (this.#forked) await log.add('forked', this.#forked.data, this.#forked.payload);
    this.#forked = undefined;
  }
}
