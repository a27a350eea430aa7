import type { EgressPurpose, Outbound, Passage, PermitSending, Sending } from './port.ts';

/** What the log calls a purpose: names that were written stay. */
export const PURPOSE_NAMES = {
  model: 'model',
  telemetry: 'audit export',
} as const satisfies Record<EgressPurpose, string>;

/** An `egress` event without the run that it belongs to. */
export interface EgressRecord {
  data: { purpose: string; origin: string; method: string; bytes: number };
  payload: { path: string; contentOf: string[] };
}

/** What went to one place for one purpose, and what came back; bytes of bodies. */
export interface Left {
  purpose: EgressPurpose;
  origin: string;
  requests: number;
  bytesOut: number;
  bytesIn: number;
}

/**
 * What left for one run (or for the log itself): the only maker of `egress` events. Rules are asked first, then it is
 * recorded, and then alone it may go; what could not be recorded is counted nowhere, because it was not sent.
 */
export class EgressLedger {
  readonly #record: (record: EgressRecord) => Promise<unknown>;
  readonly #left = new Map<string, Left>();

  /** `record`: writes it down durably, or throws. */
  constructor(record: (record: EgressRecord) => Promise<unknown>) {
    this.#record = record;
  }

  /** So far, one entry for each place and purpose. */
  get left(): readonly Readonly<Left>[] {
    return [...this.#left.values()];
  }

  permit({ purpose, rules, contentOf }: Outbound): PermitSending {
    return async (sending) => {
      for (const rule of rules) await rule(sending);
      const { origin, method, path, bytes } = sending;
      await this.#record({
        data: { purpose: PURPOSE_NAMES[purpose], origin, method, bytes },
        payload: { path, contentOf: contentOf() },
      });
      return this.#count(purpose, sending);
    };
  }

  #count(purpose: EgressPurpose, { origin, bytes }: Sending): Passage {
    const key = `${purpose} ${origin}`;
    const entry = this.#left.get(key) ?? { purpose, origin, requests: 0, bytesOut: 0, bytesIn: 0 };
    this.#left.set(key, entry);
    entry.requests += 1;
    entry.bytesOut += bytes;
    return {
      received(more) {
        entry.bytesIn += more;
      },
    };
  }
}
