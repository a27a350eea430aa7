import { expect, test } from 'vitest';
import { decide } from '../../src/core/policy/decide.ts';
import { mergePolicies } from '../../src/core/policy/merge.ts';
import { Rulebook } from '../../src/core/policy/rules.ts';
import { wayInForce } from '../../src/core/policy/ways.ts';
import { scopeOf } from '../../src/core/policy/scopeOf.ts';
import { offersFor } from '../../src/core/approval/grants.ts';
import { ScriptWatch } from '../../src/core/flow/scriptWatch.ts';
import { labelsOf } from '../../src/core/flow/ruleOfTwo.ts';
import { alwaysRule } from '../../src/core/policy/alwaysRule.ts';
import { ActionSchema, type Action } from '../../src/shared/action.ts';
import { NO_FLAGS } from '../../src/shared/flow.ts';
import { actionOn, layerOf } from '../support/policies.ts';

const POLICY = `
confirm_actions: false
own_paths: [.]
rules:
  - {decision: allow, tools: [read_file, write_file], why: all}
  - {decision: allow, paths: [.], why: all}
`;
const policy = mergePolicies([layerOf(POLICY, 'user')]);
const inForce = {
  policy,
  scope: scopeOf(policy, ['/w'], '/home/u', []),
  rulebook: new Rulebook(policy.rules, { roots: ['/w'], home: '/home/u' }),
  way: wayInForce(undefined, policy),
};
const facts = { family: 'file_system' as const, flags: NO_FLAGS };
const everything = { id: 'g', covers: () => true, words: 'everything', isBroad: false };
const known = actionOn('write_file', 'write', [{ path: '/w/a', access: 'write' }]);
/** As a newer version, or a plugin, would say it. */
const unknown = { ...known, kind: 'teleport' } as unknown as Action;

test('an action of a kind that nobody knows asks each time, whatever rules, switches and grants say', () => {
  expect(decide(known, facts, inForce, []).verdict).toBe('allow'); // the control
  const decision = decide(unknown, facts, inForce, [everything]);
  expect(decision).toMatchObject({ verdict: 'ask', rule: 'unknown-kind', eachTime: true });
  for (const inherited of ['constructor', '__proto__', 'toString'])
    expect(decide({ ...known, kind: inherited } as unknown as Action, facts, inForce, [everything]).verdict).toBe(
      'ask',
    );
});

test('it lights every flag, is offered for nothing, and may have changed every script', () => {
  expect(labelsOf(known, inForce)).toEqual([]);
  expect(labelsOf(unknown, inForce)).toEqual(['untrusted', 'private', 'outward']);
  expect(offersFor(unknown, { shown: (path) => path, roots: ['/w'] })).toEqual([]);
  expect(alwaysRule(unknown, 'w', ['/w'])).toBeUndefined();
  const watch = new ScriptWatch(false);
  watch.performing(unknown);
  expect(watch.hasChanges).toBe(true);
});

test('it does not happen where commands cannot be confined, and is no action that is stored', () => {
  expect(decide(unknown, { ...facts, sandboxRefusal: 'no sandbox' }, inForce, []).verdict).toBe('deny');
  expect(decide(known, { ...facts, sandboxRefusal: 'no sandbox' }, inForce, []).verdict).toBe('allow');
  expect(ActionSchema.safeParse(unknown).success).toBe(false);
  expect(ActionSchema.safeParse(known).success).toBe(true);
});
