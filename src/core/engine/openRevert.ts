import { ScriptWatch } from '../flow/scriptWatch.ts';
import { policyDigest } from '../lab/policyRecord.ts';
import type { Redactor } from '../redaction/redactor.ts';
import { callPartsOf, workingFolder, type CallPorts } from './callParts.ts';
import type { RunPorts } from './openRun.ts';
import type { PolicyInForce } from './policyInForce.ts';
import type { RevertRun } from './reverts.ts';

/** What the call of a revert goes through the gate with, under the policy as it is now. */
export async function openRevert(
  id: string,
  { ports, policy, redactor }: { ports: CallPorts & RunPorts; policy: PolicyInForce; redactor: Redactor },
): Promise<RevertRun> {
  const { version, who, here, hash, roots } = ports;
  const start = await policy.read();
  await policy.note(start, true);
  const own = { id, folder: workingFolder(roots), goesTo: 'nowhere', scriptWatch: new ScriptWatch(true), start };
  const calls = callPartsOf({ ...own, note: (now) => policy.note(now, true) }, ports, { policy, redactor });
  return { calls, facts: { version, policy: policyDigest(start, hash), ...here }, who };
}
