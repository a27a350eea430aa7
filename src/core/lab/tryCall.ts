import type { Action } from '../../shared/action.ts';
import type { Decision } from '../../shared/decision.ts';
import { NO_FLAGS, type Flag, type Flags } from '../../shared/flow.ts';
import { labelsOf } from '../flow/ruleOfTwo.ts';
import { policyRefusal } from '../tools/confinement.ts';
import { decideCall, parseCall, type NoCall } from '../tools/decideCall.ts';
import type { CallParts } from '../tools/callRun.ts';

/** What would happen if the agent made a call. `action` is absent where it could not even be described. */
export interface Trial {
  decision: Decision;
  action?: Action;
  title?: string;
  lights: Flag[];
}

/**
 * Decides one call as a run does, and stops there: nothing is asked, recorded or done. Whether this machine has a
 * sandbox is not looked at; a policy that allows none is.
 */
export async function tryCall(
  call: { name: string; arguments: string },
  parts: CallParts,
  flags: Flags = NO_FLAGS,
  signal: AbortSignal = new AbortController().signal,
): Promise<Trial> {
  const parsed = parseCall(call, parts.toolbox);
  if (parsed.kind === 'no-call') return notDone(parsed);
  const { rulebook, scope, policy, way } = await parts.refresh();
  const context = { signal, files: parts.files, scope, policy };
  const confinement = (): Promise<string | undefined> => Promise.resolve(policyRefusal(policy));
  const situation = { flags, grants: [], confinement, rulebook, way, hash: parts.hash };
  const decided = await decideCall(parsed.use, situation, context);
  switch (decided.kind) {
    case 'no-call':
      return notDone(decided);
    case 'refused':
      return { decision: decided.decision, lights: [] };
    case 'decided': {
      const { action, title } = decided.described;
      const lights = labelsOf(action, context);
      return { decision: decided.decision, action, title, lights };
    }
  }
}

/** Nobody would decide against it; whoever asks beforehand learns that it would not be done. */
function notDone({ cause, problem }: NoCall): Trial {
  return { decision: { verdict: 'deny', rule: cause, reason: problem, origin: { layer: 'built-in' } }, lights: [] };
}
