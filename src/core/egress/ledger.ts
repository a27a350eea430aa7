import type { EgressPurpose, Outbound, PermitSending } from './port.ts';

/** What the log calls a purpose: names that were written stay. */
export const PURPOSE_NAMES = {
  model: 'model',
  models: 'list of models',
  telemetry: 'audit export',
  request: 'request by a tool',
  connection: 'connection of a command',
  database: 'statement to a database',
} as const satisfies Record<EgressPurpose, string>;

/** An `egress` event without the run that it belongs to. */
export interface EgressRecord {
  data: { purpose: string; origin: string; method: string; bytes: number; address?: string; proxy?: string };
  payload: { path: string; contentOf: string[] };
}

/**
 * What left for one run (or for the log itself): the only maker of `egress` events. Rules are asked first, then it is
 * recorded, and then alone it may go: what left is what these events say.
 */
export class EgressLedger {
  readonly #record: (record: EgressRecord) => Promise<unknown>;
  #received = 0;

  /** `record`: writes it down durably, or throws. */
  constructor(record: (record: EgressRecord) => Promise<unknown>) {
    this.#record = record;
  }

  /** How many bytes came back so far: of the bodies of answers. */
  get received(): number {
    return this.#received;
  }

  permit({ purpose, rules, contentOf }: Outbound): PermitSending {
    return async (sending) => {
      for (const rule of rules) await rule(sending);
      const { origin, method, path, bytes, address, proxy } = sending;
      await this.#record({
        data: {
          ...{ purpose: PURPOSE_NAMES[purpose], origin, method, bytes },
          ...(address !== undefined && { address }),
          ...(proxy !== undefined && { proxy }),
        },
        payload: { path, contentOf: contentOf() },
      });
      return {
        received: (more) => {
          this.#received += more;
        },
      };
    };
  }
}
