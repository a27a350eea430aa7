import { originText } from '../../shared/decision.ts';
import type { EffectivePolicy } from '../policy/merge.ts';
import { offered } from '../policy/decide.ts';
import type { EnforceableLimit } from '../policy/values.ts';
import { choiceRefusal } from '../sandbox/choice.ts';
import type { HeldLimit, LimitName } from '../sandbox/port.ts';
import { limitsOf, runnerOf, type Runners } from './runner.ts';

/** Why the policy lets no command run here, whatever the machine could do. */
export function policyRefusal(policy: EffectivePolicy): string | undefined {
  const refusal = choiceRefusal(policy.backend.value);
  return refusal && `${refusal.cause} ${refusal.fix}`;
}

/** Why a command cannot be confined as the policy wants it, with the fix; undefined where it can. */
export async function confinementProblem(policy: EffectivePolicy, runners: Runners): Promise<string | undefined> {
  const refusal = policyRefusal(policy);
  if (refusal !== undefined) return refusal;
  const status = await runnerOf(policy, runners).status(limitsOf(policy));
  return status.works ? notEnforced(policy, status.limits) : `${status.cause} ${status.fix}`;
}

/** Limits that the policy wants the kernel to hold, and that this machine only watches. */
function notEnforced(policy: EffectivePolicy, limits: readonly HeldLimit[]): string | undefined {
  const { value, origin } = policy.enforcedLimits;
  const watched = value.filter((name) => !limits.some((one) => one.name === LIMITS[name] && one.how === 'enforced'));
  if (watched.length === 0) return undefined;
  return `sandbox.require_enforced_limits (${originText(origin)}) wants limits that nothing enforces here, they are only watched: ${watched.join(', ')}. Take them out of the list, or work where control groups can be had`;
}

/** What a policy calls a limit, and what a sandbox does. */
const LIMITS: Record<EnforceableLimit, LimitName> = {
  memory: 'memory',
  processes: 'processes',
  cpu: 'CPU time',
  disk: 'disk',
};

/** Why no command would run at all: switched off by the policy, or not to be confined. */
export async function commandsProblem(policy: EffectivePolicy, runners: Runners): Promise<string | undefined> {
  const decision = offered(policy, 'code_execution');
  return decision.verdict === 'deny' ? decision.reason : confinementProblem(policy, runners);
}
