import type { PathRule } from '../scope/pathRule.ts';
import { eachKey, keysIn, keysWith, type InForce } from './keys/keyGroup.ts';
import { valueAt } from './keys/policyKey.ts';
import { POLICY_KEYS } from './keys/table.ts';
import type { Diagnostic, ParsedLayer } from './layer.ts';
import { privacyConflict, underPrivacy } from './underPrivacy.ts';
import { note, Settling } from './settle.ts';

/** The policy in force: defaults, then what organization and user set, then what workspace and run tighten. */
export interface EffectivePolicy extends InForce<typeof POLICY_KEYS> {
  /** What was ignored or has no effect, with its place. */
  notes: Diagnostic[];
}

/** Where the log is witnessed and sent, and how long its payloads are kept. */
export type AuditPolicy = EffectivePolicy['audit'];

/**
 * Merges layers given in the order organization, user, workspace, run. The organization sets; the user sets what it
 * leaves open and tightens the rest; workspace and run only tighten. A workspace policy that the user has accepted may
 * also loosen a default that neither set, if every one of the `folders` workspace folders has such a policy.
 */
export function mergePolicies(layers: readonly ParsedLayer[], folders = 1): EffectivePolicy {
  const settling = new Settling(layers, folders);
  const said = eachKey(POLICY_KEYS, (key) => key.settle(settling));
  const settled = underPrivacy(said);
  const notes = [...privacyConflict(said), ...settling.notes, ...layers.flatMap(inVain), ...withoutCommands(settled)];
  return { ...settled, notes };
}

/** The policy with every path rule in it as `locate` says. */
export async function located(
  policy: EffectivePolicy,
  locate: (rule: PathRule) => Promise<PathRule>,
): Promise<EffectivePolicy> {
  const found = await Promise.all(
    keysWith(POLICY_KEYS, policy).map(async ({ key, value }) => [key, await key.located(value, locate)] as const),
  );
  const values = new Map(found);
  return { ...policy, ...eachKey(POLICY_KEYS, (key) => values.get(key)) };
}

/** Keys that people paste in from elsewhere and that govern no tool of this version: said, not swallowed. */
function inVain(layer: ParsedLayer): Diagnostic[] {
  return keysIn(POLICY_KEYS).flatMap((key): Diagnostic[] => {
    const written = valueAt(layer.values, key.path);
    const words = written === undefined || !('hasEffect' in key) ? undefined : key.inVain(written);
    return words === undefined ? [] : [{ ...note(layer.originOf(key.path.split('.')), words), severity: 'info' }];
  });
}

function withoutCommands({ codeExecution, languages }: InForce<typeof POLICY_KEYS>): Diagnostic[] {
  if (!codeExecution.value || languages.value.includes('bash')) return [];
  const words = 'bash is not among the languages, so the agent has no run_command tool';
  return [{ ...note(languages.origin, words), severity: 'info' }];
}
