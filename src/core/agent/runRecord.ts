import type { EventData, EventPayload, EventType, NewEvent } from '../../shared/auditEvent.ts';
import type { AuditLog } from '../audit/port.ts';
import type { Redactor } from '../redaction/redactor.ts';

export interface RunRecordParts {
  id: string;
  audit: AuditLog;
  redactor: Redactor;
  /** Whether its beginning is in the log already. */
  isBegun: boolean;
  turn(): number;
}

/** The events of a run in the log, masked; and those that it owes. */
export class RunRecord {
  readonly #parts: RunRecordParts;
  /** What happened, and could not be recorded when it did. */
  readonly #owed: NewEvent[] = [];

  #isBegun: boolean;

  constructor(parts: RunRecordParts) {
    this.#parts = parts;
    this.#isBegun = parts.isBegun;
  }

  /** Whether the run's beginning stands in the log: without it, there is no run of this name. */
  get isBegun(): boolean {
    return this.#isBegun;
  }

  async add<T extends EventType>(type: T, data: EventData[T], payload?: EventPayload[T]): Promise<void> {
    const { audit, id, redactor } = this.#parts;
    const turn = this.#parts.turn();
    await audit.append({
      type,
      run: id,
      ...(turn > 0 && { turn }),
      data: redactor.json(data),
      ...(payload !== undefined && { payload: redactor.json(payload) }),
    });
    this.#isBegun ||= type === 'run_started';
  }

  owe(event: NewEvent): void {
    this.#owed.push(event);
  }

  /** Before it is said that all is over. */
  async payOwed(): Promise<void> {
    for (let owed = this.#owed[0]; owed; owed = this.#owed[0]) {
      await this.#parts.audit.append(owed);
      this.#owed.shift();
    }
  }
}
