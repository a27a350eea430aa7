import { ScriptWatch } from '../flow/scriptWatch.ts';
import type { WayInForce } from '../../shared/way.ts';
import type { Way } from '../../shared/wayWords.ts';
import type { EffectivePolicy } from '../policy/merge.ts';
import { wayInForce } from '../policy/ways.ts';
import { policyDigest } from '../lab/policyRecord.ts';
import { callPartsOf, markedFolders, workingFolder, type CallPorts, type Shared } from './callParts.ts';
import type { RunPorts } from './openRun.ts';
import type { RevertRun } from './reverts.ts';

/** What the call of a revert goes through the gate with, under the policy as it is now. */
export async function openRevert(
  { id, way }: { id: string; way?: Way | undefined },
  { ports, shared }: { ports: CallPorts & RunPorts; shared: Shared },
): Promise<RevertRun> {
  const { version, who, here, hash, roots } = ports;
  const { policy } = shared;
  const start = await policy.read();
  await policy.note(start, true);
  const folders = await markedFolders(ports);
  const own = {
    id,
    folder: workingFolder(roots),
    goesTo: () => 'nowhere',
    scriptWatch: new ScriptWatch(true),
    start,
    folders,
    way: (now: EffectivePolicy) => wayOfPerson(way, now),
  };
  const calls = callPartsOf({ ...own, note: (now) => policy.note(now, true) }, ports, shared);
  return { calls, facts: { version, policy: policyDigest(start, hash), ...here }, who };
}

/** It is a person who puts back, not the agent: nothing is denied because a run only looks. */
function wayOfPerson(way: Way | undefined, policy: EffectivePolicy): WayInForce {
  const now = wayInForce(way, policy);
  return now.way === 'look' ? { ...now, way: 'ask' } : now;
}
