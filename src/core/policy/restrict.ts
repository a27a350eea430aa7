import type { EffectivePolicy } from './merge.ts';
import { enforcedLimits } from './values.ts';
import type { Value } from './settle.ts';

/**
 * The policy of a run that goes on while files change: whatever either of the two forbids is forbidden. So a
 * tightening counts from the next decision, and a loosening only from the next run.
 */
export function stricterOf(start: EffectivePolicy, now: EffectivePolicy): EffectivePolicy {
  const either = (a: Value<boolean>, b: Value<boolean>): Value<boolean> => (a.value ? a : b);
  const both = (a: Value<boolean>, b: Value<boolean>): Value<boolean> => (a.value ? b : a);
  const least = (a: Value<number>, b: Value<number>): Value<number> => (b.value < a.value ? b : a);
  const common = <T>(a: Value<T[]>, b: Value<T[]>): Value<T[]> => ({
    value: b.value.filter((item) => a.value.includes(item)),
    origin: b.origin,
  });
  return {
    confirmActions: either(start.confirmActions, now.confirmActions),
    maxIterations: least(start.maxIterations, now.maxIterations),
    timeoutSeconds: least(start.timeoutSeconds, now.timeoutSeconds),
    sandbox: either(start.sandbox, now.sandbox),
    enforcedLimits: {
      value: enforcedLimits([...start.enforcedLimits.value, ...now.enforcedLimits.value]) ?? [],
      origin: now.enforcedLimits.value.length > 0 ? now.enforcedLimits.origin : start.enforcedLimits.origin,
    },
    backend: backendOf(start.backend, now.backend),
    limits: {
      memoryBytes: least(start.limits.memoryBytes, now.limits.memoryBytes),
      cpuSeconds: least(start.limits.cpuSeconds, now.limits.cpuSeconds),
      diskBytes: least(start.limits.diskBytes, now.limits.diskBytes),
      processes: least(start.limits.processes, now.limits.processes),
    },
    fileSystem: both(start.fileSystem, now.fileSystem),
    allowedPaths: [...now.allowedPaths, ...start.allowedPaths],
    deniedPaths: [...now.deniedPaths, ...start.deniedPaths],
    protectedPaths: [...now.protectedPaths, ...start.protectedPaths],
    codeExecution: both(start.codeExecution, now.codeExecution),
    languages: common(start.languages, now.languages),
    codeTimeoutSeconds: least(start.codeTimeoutSeconds, now.codeTimeoutSeconds),
    variables: common(start.variables, now.variables),
    ownPaths: now.ownPaths.length === 0 || start.ownPaths.length === 0 ? [] : [...now.ownPaths, ...start.ownPaths],
    allowCloud: both(start.allowCloud, now.allowCloud),
    grants: {
      enabled: both(start.grants.enabled, now.grants.enabled),
      maxMinutes: least(start.grants.maxMinutes, now.grants.maxMinutes),
      maxUses: least(start.grants.maxUses, now.grants.maxUses),
    },
    rules: [...now.rules, ...start.rules],
    redactedVariables: [
      ...now.redactedVariables,
      ...start.redactedVariables.filter((one) => !now.redactedVariables.some(({ value }) => value === one.value)),
    ],
    audit: now.audit,
    notes: now.notes,
  };
}

/** Two backends that exclude each other leave docker, which this version refuses: nothing becomes possible by a change. */
function backendOf(start: EffectivePolicy['backend'], now: EffectivePolicy['backend']): EffectivePolicy['backend'] {
  if (now.value === 'auto') return start;
  return start.value === 'docker' ? start : now;
}
