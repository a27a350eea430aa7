import type { EffectivePolicy } from '../policy/merge.ts';
import { offered } from '../policy/decide.ts';
import type { Sandbox } from '../sandbox/port.ts';
import { limitsOf } from './runCommand.ts';

/** Why the policy lets no command run here, whatever the machine could do. */
export function policyRefusal(policy: EffectivePolicy): string | undefined {
  if (!policy.sandbox.value)
    return 'your policy switches the sandbox off, and this version runs no command outside it; set sandbox: true';
  if (policy.backend.value === 'docker') return 'this version has no docker sandbox; set sandbox.backend: auto';
  return undefined;
}

/** Why a command cannot be confined as the policy wants it, with the fix; undefined where it can. */
export async function confinementProblem(policy: EffectivePolicy, sandbox: Sandbox): Promise<string | undefined> {
  const refusal = policyRefusal(policy);
  if (refusal !== undefined) return refusal;
  const status = await sandbox.status(limitsOf(policy));
  return status.works ? undefined : `${status.cause} ${status.fix}`;
}

/** Why no command would run at all: switched off by the policy, or not to be confined. */
export async function commandsProblem(policy: EffectivePolicy, sandbox: Sandbox): Promise<string | undefined> {
  const decision = offered(policy, 'code_execution');
  return decision.verdict === 'deny' ? decision.reason : confinementProblem(policy, sandbox);
}
