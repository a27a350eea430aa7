import type { EffectivePolicy } from '../policy/merge.ts';
import type { Limits, Sandbox, Sandboxes } from '../sandbox/port.ts';
import type { Bounds } from '../sandbox/spec.ts';

/** Where commands can run. */
export interface Runners {
  sandbox: Sandboxes;
  /** Without any sandbox. */
  outside: Sandbox;
}

/** Where the policy has commands run. */
export function runnerOf(policy: EffectivePolicy, { sandbox, outside }: Runners): Sandbox {
  return policy.sandbox.value ? sandbox.chosen(policy.backend.value) : outside;
}

/** What a command may use, as the sandbox wants it. */
export function limitsOf(policy: EffectivePolicy): Limits {
  return {
    memoryBytes: policy.limits.memoryBytes.value,
    cpuSeconds: policy.limits.cpuSeconds.value,
    diskBytes: policy.limits.diskBytes.value,
    processes: policy.limits.processes.value,
  };
}

/** The same, with the time that a command has. */
export function boundsOf(policy: EffectivePolicy): Bounds {
  return {
    limits: limitsOf(policy),
    timeoutMs: policy.codeTimeoutSeconds.value * 1000,
    repositoryAbove: policy.repositoryAbove.value,
  };
}
