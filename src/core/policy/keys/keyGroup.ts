import type { KeyWithoutEffect, PolicyKey } from './policyKey.ts';

/** A table of keys, grouped as the policy in force is. */
export interface KeyGroup {
  readonly [name: string]: AnyKey | KeyGroup;
}
export type AnyKey = PolicyKey<unknown> | KeyWithoutEffect;

/** The policy in force: for each key of a table what it comes to, in the same groups. */
export type InForce<Group> = {
  [Name in keyof Group as Group[Name] extends KeyWithoutEffect ? never : Name]: Group[Name] extends PolicyKey<infer T>
    ? T
    : InForce<Group[Name]>;
};

/** The places in a file of a table's keys. */
export type PathsOf<Group> = {
  [Name in keyof Group]: Group[Name] extends { path: infer Path extends string } ? Path : PathsOf<Group[Name]>;
}[keyof Group];

/** What stands above a place: `tools` and `tools.file_system` above `tools.file_system.enabled`. */
export type Above<Path extends string> = Path extends `${infer First}.${infer Rest}`
  ? First | `${First}.${Above<Rest>}`
  : never;

/** The keys of a table, in its order. */
export function keysIn(group: KeyGroup): AnyKey[] {
  return Object.values(group).flatMap((one) => (isKey(one) ? [one] : keysIn(one)));
}

/** For each key that has an effect what `make` says of it, in the table's groups; it gets what `among` hold for it. */
export function eachKey<Group extends KeyGroup>(
  group: Group,
  make: (key: PolicyKey<unknown>, among: readonly unknown[]) => unknown,
  among: readonly InForce<Group>[] = [],
): InForce<Group> {
  const made = Object.entries(group).flatMap(([name, one]) => {
    const inside = among.map((values) => (values as Record<string, unknown>)[name]);
    if (!isKey(one)) return [[name, eachKey(one, make, inside as InForce<KeyGroup>[])]];
    return 'hasEffect' in one ? [] : [[name, make(one, inside)]];
  });
  return Object.fromEntries(made) as InForce<Group>; // an entry makes what its type says
}

/** Every key that has an effect, with what a policy holds for it. */
export function keysWith<Group extends KeyGroup>(
  group: Group,
  policy: InForce<Group>,
): { key: PolicyKey<unknown>; value: unknown }[] {
  const found: { key: PolicyKey<unknown>; value: unknown }[] = [];
  eachKey(group, (key, [value]) => found.push({ key, value }), [policy]);
  return found;
}

function isKey(one: AnyKey | KeyGroup): one is AnyKey {
  return typeof one.path === 'string';
}
