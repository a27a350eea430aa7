import { originText, type Origin } from '../../shared/decision.ts';
import { SECRETS } from './defaults.ts';
import { keysWith } from './keys/keyGroup.ts';
import type { PolicyEntry } from './keys/policyKey.ts';
import { POLICY_KEYS } from './keys/table.ts';
import { mergePolicies, type EffectivePolicy } from './merge.ts';
import type { ParsedLayer } from './layer.ts';

/** The effective policy, key by key, each with its origin; lists entry by entry. */
export function policyEntries(policy: EffectivePolicy): PolicyEntry[] {
  return [
    ...keysWith(POLICY_KEYS, policy).flatMap(({ key, value }) => key.entries(value)),
    ...SECRETS.map(({ written, origin }) => ({ key: '(likely secrets, reading asks)', value: written, origin })),
  ];
}

/** The same for programs: a number is one, and so is what is true or not. */
export function policyValues(policy: EffectivePolicy): { key: string; value: unknown; origin: Origin }[] {
  const values = keysWith(POLICY_KEYS, policy);
  const plain = new Map(values.map(({ key, value }) => [key.path, plainOf(value)]));
  return policyEntries(policy).map(({ key, value, origin }) => ({ key, value: plain.get(key) ?? value, origin }));
}

function plainOf(value: unknown): number | boolean | undefined {
  const inside = typeof value === 'object' && value !== null && 'value' in value ? value.value : undefined;
  return typeof inside === 'number' || typeof inside === 'boolean' ? inside : undefined;
}

/** The effective policy as text: `key: value   (origin)`. */
export function policyText(policy: EffectivePolicy): string {
  const entries = policyEntries(policy);
  const width = Math.max(...entries.map(({ key }) => key.length));
  const lines = entries.map(
    ({ key, value, words = value, origin }) => `${key.padEnd(width)}  ${words}   (${originText(origin)})`,
  );
  const notes = policy.notes.map(
    (note) => `${note.severity}: ${note.file}:${note.line}:${note.column}: ${note.message}`,
  );
  return [...lines, ...(notes.length > 0 ? ['', ...notes] : []), ''].join('\n');
}

/** What accepting a workspace policy would change: each line of the effective policy that goes and that comes. */
export interface PolicyChange {
  before: PolicyEntry[];
  after: PolicyEntry[];
}

/** What accepting these workspace policies would change. */
export function acceptanceChange(
  layers: readonly ParsedLayer[],
  files: readonly string[],
  folders: number,
): PolicyChange {
  const as = (isAccepted: boolean): PolicyEntry[] =>
    policyEntries(
      mergePolicies(
        layers.map((layer) => (files.includes(layer.file) ? { ...layer, isAccepted } : layer)),
        folders,
      ),
    );
  const [before, after] = [as(false), as(true)];
  return { before: without(before, after), after: without(after, before) };
}

/** Entries beyond those that stand in others: one that two lists hold is there twice. */
function without(entries: readonly PolicyEntry[], others: readonly PolicyEntry[]): PolicyEntry[] {
  const said = (entry: PolicyEntry): string => `${entry.key}\0${entry.value}`;
  const left = new Map<string, number>();
  for (const other of others) left.set(said(other), (left.get(said(other)) ?? 0) + 1);
  return entries.filter((entry) => {
    const times = left.get(said(entry)) ?? 0;
    left.set(said(entry), times - 1);
    return times <= 0;
  });
}

/** The change in words, for a diff that people read: one line a value. */
export function changeLines({ before, after }: PolicyChange): string[] {
  if (before.length === 0 && after.length === 0)
    return ['Accepting it would loosen nothing: what it says counts already.'];
  return [
    ...before.map(({ key, value }) => `- ${key}: ${value}`),
    ...after.map(({ key, value }) => `+ ${key}: ${value}`),
  ];
}
