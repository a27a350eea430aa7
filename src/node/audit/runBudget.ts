import { RunFull } from '../../core/audit/port.ts';
import type { NewEvent } from '../../shared/auditEvent.ts';
import { hasMark } from '../../shared/eventTable.ts';
import type { Connection } from './database.ts';

/** How much one run may write into the log, in bytes: after the first its payloads are recorded as digests alone, after the second it begins nothing more. */
export interface RunLimits {
  payloads: number;
  all: number;
}

export const RUN_LIMITS: RunLimits = { payloads: 32 << 20, all: 64 << 20 };

/** How an event's payload is to be recorded. `isFirst`: it is the first of its run that is recorded as a digest alone. */
export type Room = { payload: 'whole' } | { payload: 'digest'; isFirst: boolean };

/** Counts what each run has written, so that none fills the log: neither the disk nor the room of other runs. */
export class RunBudget {
  readonly #limits: RunLimits;
  readonly #used = new Map<string, { bytes: number; isSaid: boolean }>();

  constructor(limits: RunLimits) {
    this.#limits = limits;
  }

  /** Throws `RunFull` where the run has had its room. Events of no run are few; they have no end to count to. */
  roomFor(connection: Connection, { type, run }: NewEvent, isOfRun: boolean): Room {
    if (!isOfRun) return { payload: 'whole' };
    // Another process may have gone on with it meanwhile.
    if (type === 'run_started' || type === 'run_continued') this.#used.delete(run);
    const used = this.#usedBy(connection, run);
    if (used.bytes >= this.#limits.all && hasMark(type, 'beginning'))
      throw new RunFull(
        `This run has used up its room in the audit log (${sizeWords(this.#limits.all)}); start a new run to go on`,
      );
    if (used.bytes < this.#limits.payloads || hasMark(type, 'kept')) return { payload: 'whole' };
    const isFirst = !used.isSaid;
    used.isSaid = true;
    return { payload: 'digest', isFirst };
  }

  wrote(run: string, bytes: number): void {
    const used = this.#used.get(run);
    if (used) used.bytes += bytes;
  }

  /** What a transaction that failed has counted does not count. */
  forget(): void {
    this.#used.clear();
  }

  #usedBy(connection: Connection, run: string): { bytes: number; isSaid: boolean } {
    const known = this.#used.get(run);
    if (known) return known;
    const row = connection
      .prepare(
        `SELECT coalesce(sum(octet_length(e.body)), 0) + coalesce(sum(octet_length(p.body)), 0) AS bytes,
           max(e.type = 'notice' AND e.body ->> '$.data.budget' IS NOT NULL) AS said
         FROM events e LEFT JOIN payloads p ON p.seq = e.seq WHERE e.run = ?`,
      )
      .get(run);
    const used = { bytes: Number(row?.['bytes'] ?? 0), isSaid: row?.['said'] === 1 };
    this.#used.set(run, used);
    return used;
  }
}

/** What is recorded once when a run's payloads are kept no more. */
export function budgetNotice({ run, turn }: NewEvent, limits: RunLimits): NewEvent<'notice'> {
  return {
    type: 'notice',
    run,
    ...(turn !== undefined && { turn }),
    data: { budget: limits.payloads },
    payload: {
      words: `This run has written ${sizeWords(limits.payloads)} into the log. From here on its texts are recorded as digests alone.`,
    },
  };
}

function sizeWords(bytes: number): string {
  return bytes >= 1 << 20 ? `${Math.round(bytes / (1 << 20))} MB` : `${bytes} bytes`;
}
