import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Decision } from '../../src/shared/decision.ts';
import { mayStandFor } from '../../src/core/policy/remembered.ts';
import { mergePolicies } from '../../src/core/policy/merge.ts';

const policy = mergePolicies([]);
const [NARROW, BROAD] = [{ isBroad: false }, { isBroad: true }];
const ask: Decision = { verdict: 'ask', rule: 'edit', reason: 'x', origin: { layer: 'built-in' } };

test('what may be remembered for an ask: all, for something sensitive nothing broad, and nothing where each time counts', () => {
  expect(mayStandFor(ask, [NARROW, BROAD], policy)).toEqual([NARROW, BROAD]);
  expect(mayStandFor({ ...ask, isSensitive: true }, [NARROW, BROAD], policy)).toEqual([NARROW]);
  expect(mayStandFor({ ...ask, eachTime: true }, [NARROW, BROAD], policy)).toEqual([]);
  const off = { grants: { ...policy.grants, enabled: { ...policy.grants.enabled, value: false } } };
  expect(mayStandFor(ask, [NARROW, BROAD], off)).toEqual([]);
});

test('nothing is remembered of what is no ask', () => {
  fc.assert(
    fc.property(fc.constantFrom('allow', 'deny'), fc.boolean(), fc.boolean(), (verdict, isSensitive, eachTime) => {
      expect(mayStandFor({ ...ask, verdict, isSensitive, eachTime }, [NARROW, BROAD], policy)).toEqual([]);
    }),
  );
});
