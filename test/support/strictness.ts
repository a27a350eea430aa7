import { expect } from 'vitest';
import { decide, offered } from '../../src/core/policy/decide.ts';
import type { EffectivePolicy } from '../../src/core/policy/merge.ts';
import { scopeOf } from '../../src/core/policy/scopeOf.ts';
import type { Decision } from '../../src/shared/decision.ts';
import { NO_FLAGS } from '../../src/shared/flow.ts';
import { Rulebook, type Ruling } from '../../src/core/policy/rules.ts';
import { wayInForce } from '../../src/core/policy/ways.ts';
import type { GrantView } from '../../src/core/policy/facts.ts';
import { PLACES, PROBES, ROOTS } from './policies.ts';

const HOME = '/home/u';
const ALL_COVERED: GrantView = { id: 'g', covers: () => true, words: 'everything', isBroad: false };

/** The decision on each probe. */
export function decisionsOf(policy: EffectivePolicy, flags = NO_FLAGS, grants: GrantView[] = []): Decision[] {
  const inForce = {
    policy,
    scope: scopeOf(policy, [...ROOTS], HOME, [`${HOME}/.config/oversign`]),
    rulebook: new Rulebook(policy.rules, { roots: ROOTS, home: HOME }),
    way: wayInForce(undefined, policy),
  };
  return PROBES.map(({ action, family }) => decide(action, { family, flags }, inForce, grants));
}

/** What the rules alone say of each probe. */
export function rulingsOf(policy: EffectivePolicy): (Ruling | undefined)[] {
  const book = new Rulebook(policy.rules, { roots: ROOTS, home: HOME });
  return PROBES.map(({ action }) => book.ruling(action));
}

const RANK = { allow: 0, ask: 1, deny: 3 } as const;
export const rankOf = ({ verdict, eachTime }: Pick<Decision, 'verdict' | 'eachTime'>): number =>
  RANK[verdict] + (verdict === 'ask' && eachTime === true ? 1 : 0);

/** How strict a policy is on every probe, as numbers: more is stricter. Also where grants cover all, and flags are lit. */
export function strictness(policy: EffectivePolicy): number[][] {
  const [bare, granted, lit] = [
    decisionsOf(policy),
    decisionsOf(policy, NO_FLAGS, [ALL_COVERED]),
    decisionsOf(policy, { untrusted: false, private: true, outward: true }, [ALL_COVERED]),
  ];
  return bare.map((decision, index) =>
    [decision, granted[index] ?? decision, lit[index] ?? decision].map((one) => rankOf(one)),
  );
}

/** Numbers of which more is looser; false is 0. */
export function loosenessOf(policy: EffectivePolicy): Record<string, number> {
  const { limits, grants } = policy;
  return {
    turns: policy.maxIterations.value,
    timeout: policy.timeoutSeconds.value,
    codeTimeout: policy.codeTimeoutSeconds.value,
    background: policy.backgroundSeconds.value,
    memory: limits.memoryBytes.value,
    cpu: limits.cpuSeconds.value,
    disk: limits.diskBytes.value,
    processes: limits.processes.value,
    minutes: grants.maxMinutes.value,
    uses: grants.maxUses.value,
    grants: Number(grants.enabled.value),
    cloud: Number(policy.allowCloud.value),
    unconfirmed: Number(!policy.confirmActions.value),
    unconfined: Number(!policy.sandbox.value),
    files: Number(policy.fileSystem.value),
    commands: Number(policy.codeExecution.value),
  };
}

const ownPlaces = (policy: EffectivePolicy): string[] => {
  const scope = scopeOf(policy, [...ROOTS], HOME, []);
  return PLACES.filter((place) => scope.isOwn(place));
};

/** Everything in `after` is at least as strict as in `before`; `counts` says which probes are compared. */
export function expectNoLooser(
  after: EffectivePolicy,
  before: EffectivePolicy,
  counts: (probe: number) => boolean = () => true,
): void {
  const [strict, base] = [strictness(after), strictness(before)];
  for (const [index, probe] of PROBES.entries())
    if (counts(index))
      for (const [mode, rank] of (strict[index] ?? []).entries())
        expect(rank, JSON.stringify([mode, probe.action])).toBeGreaterThanOrEqual(base[index]?.[mode] ?? Infinity);
  const most = loosenessOf(before);
  for (const [name, value] of Object.entries(loosenessOf(after)))
    expect(value, name).toBeLessThanOrEqual(most[name] ?? -Infinity);
  for (const family of ['file_system', 'code_execution'] as const)
    expect(rankOf(offered(after, family))).toBeGreaterThanOrEqual(rankOf(offered(before, family)));
  expect(ownPlaces(before)).toEqual(expect.arrayContaining(ownPlaces(after)));
  expect(before.variables.value).toEqual(expect.arrayContaining(after.variables.value));
  expect(before.languages.value).toEqual(expect.arrayContaining(after.languages.value));
  const names = ({ redactedVariables }: EffectivePolicy): string[] => redactedVariables.map(({ value }) => value);
  expect(names(after)).toEqual(expect.arrayContaining(names(before)));
  if (before.backend.value !== 'auto') expect(after.backend.value).toBe(before.backend.value);
}
