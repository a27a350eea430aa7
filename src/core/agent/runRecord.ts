import type { EventData, EventPayload, EventType, NewEvent } from '../../shared/auditEvent.ts';
import type { AuditLog } from '../audit/port.ts';
import { isSpoken } from './spokenInLog.ts';
import type { Redactor } from '../redaction/redactor.ts';

export interface RunRecordParts {
  id: string;
  audit: AuditLog;
  redactor: Redactor;
  /** Whether its beginning is in the log already. */
  isBegun: boolean;
  /** How often a person has spoken in it, as the log has it. */
  spoken?: number;
  turn(): number;
}

/** The events of a run in the log, masked; and those that it owes. */
export class RunRecord {
  readonly #parts: RunRecordParts;
  /** What happened, and could not be recorded when it did. */
  readonly #owed: NewEvent[] = [];

  #isBegun: boolean;
  #spoken: number;

  constructor(parts: RunRecordParts) {
    this.#parts = parts;
    this.#isBegun = parts.isBegun;
    this.#spoken = parts.spoken ?? 0;
  }

  /** Whether the run's beginning stands in the log: without it, there is no run of this name. */
  get isBegun(): boolean {
    return this.#isBegun;
  }

  /** How often a person has spoken, as far as that is recorded. */
  get spoken(): number {
    return this.#spoken;
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
    if (isSpoken({ type, payload })) this.#spoken += 1;
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
