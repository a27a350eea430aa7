import { EgressLedger } from '../egress/ledger.ts';
import type { CallRun } from './callRun.ts';
import type { Step } from './step.ts';

/** What an action sends is recorded as its own, and held to the policy of that moment. */
export function ledgerOf(step: Step, run: CallRun): EgressLedger {
  return new EgressLedger(
    ({ data, payload }) => step.record('egress', data, payload),
    async () => (await run.refresh()).policy,
  );
}
