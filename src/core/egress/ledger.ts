import { originText, type Decision } from '../../shared/decision.ts';
import { ModelFailure } from '../models/port.ts';
import { Refusal } from '../outcome.ts';
import type { Privacy } from '../policy/privacy.ts';
import { Forbidden } from '../scope/guard.ts';
import { privacyDenial } from './privacyRule.ts';
import type { EgressPurpose, Outbound, PermitSending, Sending } from './port.ts';

/** What the log calls a purpose: names that were written stay. */
export const PURPOSE_NAMES = {
  model: 'model',
  models: 'list of models',
  telemetry: 'audit export',
  request: 'request by a tool',
  page: 'web page by a tool',
  connection: 'connection of a command',
  database: 'statement to a database',
} as const satisfies Record<EgressPurpose, string>;

/** An `egress` event without the run that it belongs to. */
export interface EgressRecord {
  data: { purpose: string; origin: string; method: string; bytes: number; address?: string; proxy?: string };
  payload: { path: string; contentOf: string[] };
}

/** The policy as it stands now, as far as every ledger goes by it. */
export type PrivacyNow = () => Promise<{ privacy: Privacy }>;

/**
 * What left for one run (or for the log itself): the only maker of `egress` events. Maximum privacy has the first word,
 * and no ledger is without it; then rules are asked, then it is recorded, and then alone it may go: what left is what
 * these events say.
 */
export class EgressLedger {
  readonly #record: (record: EgressRecord) => Promise<unknown>;
  readonly #now: PrivacyNow;
  #received = 0;

  /** `record`: writes it down durably, or throws. */
  constructor(record: (record: EgressRecord) => Promise<unknown>, now: PrivacyNow) {
    this.#record = record;
    this.#now = now;
  }

  /** How many bytes came back so far: of the bodies of answers. */
  get received(): number {
    return this.#received;
  }

  permit({ purpose, rules, contentOf }: Outbound): PermitSending {
    return async (sending) => {
      const denial = await privacyDenial(purpose, sending, await this.#now());
      if (denial) throw refusalOf(purpose, denial);
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
        endedBy: () => this.#endedBy(purpose, sending),
      };
    };
  }

  /** Nothing is asked of a server again, which is at its answer. */
  async #endedBy(purpose: EgressPurpose, { runsAt: _, ...sending }: Sending): Promise<Error | undefined> {
    const denial = await privacyDenial(purpose, sending, await this.#now());
    return denial && refusalOf(purpose, denial);
  }
}

/** What keeps it from being sent, as whoever sends for this purpose takes a no. */
function refusalOf(purpose: EgressPurpose, denial: Decision): Error {
  switch (purpose) {
    case 'model':
    case 'models':
      return new ModelFailure(`${denial.reason} (privacy: ${originText(denial.origin)})`, { kind: 'refused' });
    case 'telemetry':
      return new Refusal(denial.reason);
    case 'request':
    case 'page':
    case 'database':
    case 'connection':
      return new Forbidden(denial);
  }
}
