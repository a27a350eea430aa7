import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { acceptanceChange, changeLines } from '../../src/core/policy/entries.ts';
import { acceptable } from '../../src/core/lab/policyRecord.ts';
import { mergePolicies, type EffectivePolicy } from '../../src/core/policy/merge.ts';
import type { ParsedLayer } from '../../src/core/policy/layer.ts';
import { stricterOf } from '../../src/core/policy/restrict.ts';
import type { Value } from '../../src/core/policy/settle.ts';
import {
  acceptedLayer,
  layerOf,
  organizationLayers,
  organizationText,
  plainText,
  policyText,
  PROBES,
  ROOTS,
} from '../support/policies.ts';
import { decisionsOf, expectNoLooser, loosenessOf, rulingsOf } from '../support/strictness.ts';

const [A, B] = ROOTS;
const user = (text: string): ParsedLayer => layerOf(text, 'user');
const run = (text: string): ParsedLayer => layerOf(text, 'run');
const workspace = (text: string, base: string = A): ParsedLayer => layerOf(text, 'workspace', base);

/** The keys that are settled to one value, by name. */
function valuesOf(policy: EffectivePolicy): Record<string, Value<unknown>> {
  const { limits, grants } = policy;
  const { confirmActions, maxIterations, timeoutSeconds, sandbox, backend, fileSystem, codeExecution } = policy;
  const { languages, codeTimeoutSeconds, backgroundSeconds, variables, allowCloud } = policy;
  return {
    ...{ confirmActions, maxIterations, timeoutSeconds, sandbox, backend, fileSystem, codeExecution },
    ...{ languages, codeTimeoutSeconds, backgroundSeconds, variables, allowCloud, ...limits },
    ...{ enabled: grants.enabled, maxMinutes: grants.maxMinutes, maxUses: grants.maxUses },
  };
}

const LOOSE_WHEN_TRUE = ['fileSystem', 'codeExecution', 'allowCloud', 'enabled'];

function isNoLooser(name: string, after: unknown, before: unknown): boolean {
  if (typeof after === 'number') return after <= Number(before);
  if (typeof after === 'boolean') return LOOSE_WHEN_TRUE.includes(name) ? !after || before === true : after || !before;
  if (Array.isArray(after)) return after.every((item) => (before as unknown[]).includes(item));
  return before === 'auto' || after === before;
}

/** Each key that one of `layers` has set is at least as strict in `after`; the others may be anything. */
function expectBound(after: EffectivePolicy, before: EffectivePolicy, layers: readonly string[]): void {
  const now = valuesOf(after);
  for (const [name, { value, origin }] of Object.entries(valuesOf(before)))
    if (layers.includes(origin.layer)) expect(isNoLooser(name, now[name]?.value, value), name).toBe(true);
  const [rulings, bound] = [rulingsOf(after), rulingsOf(before)];
  const strictness = { allow: 0, ask: 1, deny: 2 };
  for (const [index, ruling] of bound.entries()) {
    if (!ruling) continue;
    const found = rulings[index];
    expect(strictness[found?.verdict ?? 'allow'], ruling.name).toBeGreaterThanOrEqual(strictness[ruling.verdict]);
    if (ruling.eachTime && found?.verdict === 'ask') expect(found.eachTime).toBe(true);
  }
}

/** Probes of which the rules in `before` speak, or that no rule in `after` allows. */
function speaking(after: EffectivePolicy, before: EffectivePolicy): (probe: number) => boolean {
  const [now, then] = [rulingsOf(after), rulingsOf(before)];
  return (probe) => then[probe] !== undefined || now[probe]?.verdict !== 'allow';
}

describe('property', () => {
  test('what the organization sets binds user, workspace (accepted too) and run', () => {
    fc.assert(
      fc.property(organizationText, policyText, policyText, policyText, (org, own, shared, once) => {
        const base = mergePolicies(organizationLayers(org));
        const all = [...organizationLayers(org), user(own), acceptedLayer(shared, A), run(once)];
        for (let count = organizationLayers(org).length + 1; count <= all.length; count += 1)
          expectBound(mergePolicies(all.slice(0, count)), base, ['organization']);
        const whole = mergePolicies(all);
        expect(whole.deniedPaths).toEqual(expect.arrayContaining(base.deniedPaths));
        expect(whole.protectedPaths).toEqual(expect.arrayContaining(base.protectedPaths));
        expect(whole.allowedPaths).toEqual(expect.arrayContaining(base.allowedPaths));
        expect(whole.ownPaths).toEqual(expect.arrayContaining(base.ownPaths));
      }),
      { numRuns: 100 },
    );
  });

  test('where the organization sets every key, no probe gets looser that its rules speak of or no rule allows', () => {
    const full = JSON.parse(FULL) as Record<string, unknown>;
    fc.assert(
      fc.property(organizationText, policyText, policyText, policyText, (org, own, shared, once) => {
        const text = JSON.stringify({ ...full, ...(JSON.parse(org) as object), confirm_actions: true });
        const base = mergePolicies(organizationLayers(text));
        const all = mergePolicies([...organizationLayers(text), user(own), acceptedLayer(shared, A), run(once)]);
        if (base.ownPaths.length === 0) return;
        const counts = speaking(all, base);
        const before = Object.values(valuesOf(base)).every(({ origin }) => origin.layer === 'organization');
        if (before) expectNoLooser(all, base, counts);
      }),
      { numRuns: 100 },
    );
  });

  test('the user’s word counts exactly where the organization says nothing', () => {
    fc.assert(
      fc.property(organizationText, policyText, (org, own) => {
        const base = valuesOf(mergePolicies(organizationLayers(org)));
        const alone = valuesOf(mergePolicies([user(own)]));
        const both = valuesOf(mergePolicies([...organizationLayers(org), user(own)]));
        for (const [name, { value, origin }] of Object.entries(both))
          if (base[name]?.origin.layer === 'built-in') expect(value, name).toEqual(alone[name]?.value);
          else expect(origin.layer === 'user' ? alone[name]?.value : base[name]?.value, name).toBeDefined();
      }),
      { numRuns: 150 },
    );
  });

  test('a workspace policy that is not accepted loosens nothing: rules, own paths, numbers, switches, lists', () => {
    fc.assert(
      fc.property(organizationText, policyText, policyText, policyText, (org, own, first, second) => {
        const layers = [...organizationLayers(org), user(own)];
        const one = mergePolicies([...layers, workspace(first)], 2);
        expectNoLooser(one, mergePolicies(layers, 2));
        expectNoLooser(mergePolicies([...layers, workspace(first), workspace(second, B)], 2), one);
      }),
      { numRuns: 80 },
    );
  });

  test('an accepted one loosens only what neither organization nor user set', () => {
    fc.assert(
      fc.property(organizationText, policyText, policyText, (org, own, shared) => {
        const layers = [...organizationLayers(org), user(own)];
        expectBound(mergePolicies([...layers, acceptedLayer(shared, A)]), mergePolicies(layers), [
          'organization',
          'user',
        ]);
      }),
      { numRuns: 150 },
    );
  });

  test('of two folders, one accepted policy loosens no key; two loosen no further than each of them', () => {
    fc.assert(
      fc.property(policyText, plainText, plainText, (own, first, second) => {
        const base = mergePolicies([user(own)], 2);
        expectNoLooser(mergePolicies([user(own), acceptedLayer(first, A)], 2), base);
        expectNoLooser(mergePolicies([user(own), acceptedLayer(first, A), workspace(second, B)], 2), base);
        const both = mergePolicies([user(own), acceptedLayer(first, A), acceptedLayer(second, B)], 2);
        for (const one of [acceptedLayer(first, A), acceptedLayer(second, B)]) {
          const alone = valuesOf(mergePolicies([user(own), one], 1));
          for (const [name, { value }] of Object.entries(valuesOf(both)))
            // Two sandboxes that exclude each other: either is a sandbox.
            if (name !== 'backend') expect(isNoLooser(name, value, alone[name]?.value), name).toBe(true);
        }
      }),
      { numRuns: 100 },
    );
  });

  test('a run policy only tightens, whatever stands before it', () => {
    fc.assert(
      fc.property(organizationText, policyText, policyText, policyText, (org, own, shared, once) => {
        const layers = [...organizationLayers(org), user(own), acceptedLayer(shared, A)];
        expectNoLooser(mergePolicies([...layers, run(once)]), mergePolicies(layers));
      }),
      { numRuns: 100 },
    );
  });

  test('the stricter of a run’s start and now is never looser than either, with every layer in play', () => {
    const whole = fc.tuple(organizationText, policyText, policyText).map(([org, own, shared]) => {
      return mergePolicies([...organizationLayers(org), user(own), acceptedLayer(shared, A)]);
    });
    fc.assert(
      fc.property(whole, whole, (start, now) => {
        const both = { ...stricterOf(start, now), backend: start.backend };
        expectNoLooser(both, { ...start, backend: start.backend });
        expectNoLooser(both, { ...now, backend: start.backend });
      }),
      { numRuns: 100 },
    );
  });

  test('the words of an acceptance name every key that it changes', () => {
    let changed = 0;
    fc.assert(
      fc.property(policyText, policyText, (own, shared) => {
        const layers = [user(own), workspace(shared)];
        const before = mergePolicies(layers);
        const after = mergePolicies([user(own), acceptedLayer(shared, A)]);
        const text = changeLines(acceptanceChange(layers, ['workspace.yaml'], 1)).join('\n');
        for (const [name, { value }] of Object.entries(valuesOf(after)))
          if (JSON.stringify(value) !== JSON.stringify(valuesOf(before)[name]?.value)) {
            changed += 1;
            expect(text).toContain(KEY_OF[name] ?? name);
            expect(text).toContain(typeof value === 'string' ? value : JSON.stringify(value));
          }
        if (JSON.stringify(decisionsOf(after)) !== JSON.stringify(decisionsOf(before)))
          expect(text).toMatch(/^[-+] (rules|confirm_actions|tools\.|own_paths|environment|grants)/m);
        if (JSON.stringify(loosenessOf(after)) !== JSON.stringify(loosenessOf(before)))
          expect(acceptable([user(own), { ...workspace(shared), digest: 'd' }], 1)).toHaveLength(1);
      }),
      { numRuns: 200 },
    );
    expect(changed).toBeGreaterThan(50);
  });
});

const KEY_OF: Record<string, string> = {
  confirmActions: 'confirm_actions',
  maxIterations: 'max_iterations',
  timeoutSeconds: 'timeout',
  fileSystem: 'tools.file_system.enabled',
  codeExecution: 'tools.code_execution.enabled',
  languages: 'tools.code_execution.languages',
  codeTimeoutSeconds: 'tools.code_execution.timeout',
  backgroundSeconds: 'tools.code_execution.background_timeout',
  variables: 'environment.allowed_variables',
  allowCloud: 'model.allow_cloud',
  memoryBytes: 'sandbox.memory',
  cpuSeconds: 'sandbox.cpu',
  diskBytes: 'sandbox.disk',
  enabled: 'grants.enabled',
  maxMinutes: 'grants.max_minutes',
  maxUses: 'grants.max_uses',
};

const FULL = JSON.stringify({
  max_iterations: 20,
  timeout: 100,
  sandbox: { backend: 'host', memory: '1g', cpu: 9, disk: '1g', processes: 99 },
  own_paths: ['.'],
  model: { allow_cloud: true },
  grants: { enabled: true, max_minutes: 9, max_uses: 9 },
  environment: { allowed_variables: ['HOME'] },
  tools: {
    file_system: { enabled: true },
    code_execution: { enabled: true, languages: ['bash'], timeout: 9 },
  },
});

describe('by hand:', () => {
  const verdictOn = (policy: EffectivePolicy, tool: string, path: string): string =>
    decisionsOf(policy)[PROBES.findIndex(({ action }) => action.tool === tool && action.resources[0]?.path === path)]
      ?.verdict ?? 'no probe';
  const ALLOW_WRITES = 'rules: [{decision: allow, tools: [write_file], why: w}]';

  test('confirm_actions: true of the organization binds a rule of the user that allows edits', () => {
    const policy = mergePolicies([layerOf('confirm_actions: true', 'organization'), user(ALLOW_WRITES)]);
    expect(verdictOn(policy, 'write_file', '/w/one/src/a')).toBe('ask');
  });

  test('confirm_actions: true of the user binds a rule of an accepted workspace policy that allows edits', () => {
    const policy = mergePolicies([user('confirm_actions: true'), acceptedLayer(ALLOW_WRITES, A)]);
    expect(verdictOn(policy, 'write_file', '/w/one/src/a')).toBe('ask');
  });

  test('confirm_actions: true that the organization says while a run goes on binds it from the next decision', () => {
    const start = mergePolicies([user(ALLOW_WRITES)]);
    const now = mergePolicies([layerOf('confirm_actions: true', 'organization'), user(ALLOW_WRITES)]);
    expect(verdictOn(start, 'write_file', '/w/one/src/a')).toBe('allow');
    for (const policy of [stricterOf(start, now), stricterOf(now, start)])
      expect(verdictOn(policy, 'write_file', '/w/one/src/a')).toBe('ask');
  });

  test.each([
    ['allows without a path', ALLOW_WRITES],
    ['allows with a path of the other folder', 'rules: [{decision: allow, paths: [/w/two], why: w}]'],
  ])('an accepted policy’s rule that %s loosens nothing in the other folder', (_name, text) => {
    const policy = mergePolicies([acceptedLayer(text, A)], 2);
    expect(verdictOn(policy, 'write_file', '/w/two/src/x')).toBe('ask');
  });

  test('an accepted policy’s own_paths make nothing of the other folder the user’s own', () => {
    const alone = mergePolicies([], 2);
    expectNoLooser(mergePolicies([acceptedLayer('own_paths: [/w/two]', A)], 2), alone, () => false);
  });

  test('two folders’ policies that each loosen the same key can both be accepted, one after the other', () => {
    const offered = (...accepted: boolean[]): number =>
      acceptable(
        [A, B].map((base, index) => ({
          ...workspace('max_iterations: 30', base),
          file: `${base}/policy.yaml`,
          digest: 'd',
          isAccepted: accepted[index] === true,
        })),
        2,
      ).length;
    expect(offered(true, false)).toBe(1);
    expect(offered(false, false)).toBe(2);
  });
});
