import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { valueAt } from '../../src/core/policy/keys/policyKey.ts';
import { mergePolicies, type EffectivePolicy } from '../../src/core/policy/merge.ts';
import type { Layer, ParsedLayer } from '../../src/core/policy/layer.ts';
import { stricterOf } from '../../src/core/policy/restrict.ts';
import { decide } from '../../src/core/policy/decide.ts';
import { policyEntries } from '../../src/core/policy/entries.ts';
import { Rulebook } from '../../src/core/policy/rules.ts';
import { wayInForce } from '../../src/core/policy/ways.ts';
import { emptyScopeNotes, scopeOf } from '../../src/core/policy/scopeOf.ts';
import { choiceRefusal } from '../../src/core/sandbox/choice.ts';
import { NO_FLAGS } from '../../src/shared/flow.ts';
import { actionOn, layerOf, policyText, ROOTS } from '../support/policies.ts';
import { expectNoLooser, loosenessOf, strictness } from '../support/strictness.ts';

const merged = (...layers: [Layer, string, string?][]): EffectivePolicy =>
  mergePolicies(layers.map(([layer, text, base]): ParsedLayer => layerOf(text, layer, base)));

describe('property', () => {
  test('no workspace policy loosens what the user set or left at its default', () => {
    fc.assert(
      fc.property(policyText, policyText, (user, workspace) => {
        expectNoLooser(merged(['user', user], ['workspace', workspace, ROOTS[0]]), merged(['user', user]));
        expectNoLooser(merged(['workspace', workspace, ROOTS[1]]), merged());
      }),
      { numRuns: 120 },
    );
  });

  test('each further layer only tightens: a second folder, and the policy of one run', () => {
    fc.assert(
      fc.property(policyText, policyText, policyText, policyText, (user, first, second, run) => {
        const layers: [Layer, string, string?][] = [
          ['user', user],
          ['workspace', first, ROOTS[0]],
          ['workspace', second, ROOTS[1]],
          ['run', run],
        ];
        for (let count = 2; count <= layers.length; count += 1)
          expectNoLooser(merged(...layers.slice(0, count)), merged(...layers.slice(0, count - 1)));
      }),
      { numRuns: 60 },
    );
  });

  test('whatever a workspace wanted and did not get is noted, at a place inside its file', () => {
    let noted = 0;
    fc.assert(
      fc.property(policyText, policyText, (user, text) => {
        const { notes } = merged(['user', user], ['workspace', text, ROOTS[0]]);
        const lines = text.split('\n');
        for (const note of notes.filter(({ file }) => file === 'workspace.yaml')) {
          noted += 1;
          expect(note.line).toBeGreaterThanOrEqual(1);
          expect(note.column).toBeGreaterThanOrEqual(1);
          expect(note.column).toBeLessThanOrEqual((lines[note.line - 1] ?? '').length);
        }
        const wanted = layerOf(text, 'workspace').values;
        if (valueAt(wanted, 'confirm_actions') === false && merged(['user', user]).confirmActions.value)
          expect(notes.map(({ message }) => message).join()).toContain('confirm_actions is looser');
      }),
      { numRuns: 200 },
    );
    expect(noted).toBeGreaterThan(50);
  });

  test('stricterOf is at least as strict as both, is idempotent, and settles after one step', () => {
    fc.assert(
      fc.property(policyText, policyText, (start, now) => {
        const [a, b] = [merged(['user', start]), merged(['user', now])];
        const both = stricterOf(a, b);
        const without = (policy: EffectivePolicy): EffectivePolicy => ({ ...policy, backend: a.backend });
        expectNoLooser(without(both), without(a));
        expectNoLooser(without(both), without(b));
        if (choiceRefusal(a.backend.value)) expect(choiceRefusal(both.backend.value)).toBeDefined(); // refused at the start, refused still
        expect(strictness(stricterOf(a, a))).toEqual(strictness(a));
        expect(loosenessOf(stricterOf(a, a))).toEqual(loosenessOf(a));
        expect(strictness(stricterOf(a, both))).toEqual(strictness(both));
      }),
      { numRuns: 100 },
    );
  });
});

describe('with its place', () => {
  test.each([
    ['confirm_actions: false', 'confirm_actions', 1, 18],
    ['max_iterations: 26', 'max_iterations', 1, 17],
    ['sandbox: false', 'sandbox', 1, 10],
    ['\n\nsandbox:\n  memory: 3g\n', 'sandbox.memory', 4, 11],
    ['environment:\n  allowed_variables: [HOME]', 'environment.allowed_variables', 2, 22],
    ['tools:\n  code_execution:\n    timeout: 121', 'tools.code_execution.timeout', 3, 14],
  ])('%j is ignored and said', (text, key, line, column) => {
    const { notes } = merged(['workspace', text, ROOTS[0]]);
    expect(notes).toEqual([expect.objectContaining({ severity: 'warning', file: 'workspace.yaml', line, column })]);
    expect(notes[0]?.message).toContain(`${key} is looser`);
  });

  test('what was set says which layer set it', () => {
    const policy = merged(
      ['user', 'max_iterations: 40\n'],
      ['workspace', 'timeout: 5\nmax_iterations: 50\n', ROOTS[0]],
    );
    expect(policy.maxIterations).toEqual({
      value: 40,
      origin: { layer: 'user', file: 'user.yaml', line: 1, column: 17 },
    });
    expect(policy.timeoutSeconds).toEqual({
      value: 5,
      origin: { layer: 'workspace', file: 'workspace.yaml', line: 1, column: 10 },
    });
  });
});

describe('several folders', () => {
  const [first, second] = ROOTS;
  const kind = (policy: EffectivePolicy, path: string, access: 'read' | 'write' | 'list' = 'read'): string =>
    scopeOf(policy, [...ROOTS], '/home/u', []).standing(path, access).kind;

  test('path rules bind inside their own folder, and global keys everywhere', () => {
    const policy = merged(
      [
        'workspace',
        'tools: {file_system: {denied_paths: [build/x, "*.key"], allowed_paths: [src, build]}}\nprotected_paths: [lock]\ntimeout: 50',
        first,
      ],
      ['workspace', 'timeout: 40\ntools: {code_execution: {enabled: false}}', second],
    );
    expect(kind(policy, `${first}/build/x/y`)).toBe('denied');
    expect(kind(policy, `${second}/build/x/y`)).toBe('free');
    expect(kind(policy, `${first}/docs/a`)).toBe('outside');
    expect(kind(policy, `${second}/docs/a`)).toBe('free');
    expect(kind(policy, `${first}/src/lock`, 'write')).toBe('protected');
    expect(kind(policy, first, 'list')).toBe('free');
    expect([policy.timeoutSeconds.value, policy.codeExecution.value]).toEqual([40, false]);
  });

  test('a folder’s policy grants nothing in the other, nor outside', () => {
    const policy = merged(
      ['user', 'tools: {file_system: {allowed_paths: ["/w/one/src"]}}'],
      ['workspace', 'tools: {file_system: {allowed_paths: ["/w/two", "/", "~"]}}', first],
    );
    for (const path of ['/w/two/a', '/w/one/docs/a', '/home/u/a', '/etc/passwd'])
      expect(kind(policy, path), path).toBe('outside');
    expect(kind(policy, '/w/one/src/a')).toBe('free');
  });

  test('an empty allowed_paths of one folder empties that folder alone', () => {
    const policy = merged(['workspace', 'tools: {file_system: {allowed_paths: []}}', first]);
    expect(kind(policy, `${first}/a`)).toBe('outside');
    expect(kind(policy, `${second}/a`)).toBe('free');
  });

  test('a name that a folder’s policy denies at any depth binds in that folder alone', () => {
    const policy = merged(['workspace', 'tools: {file_system: {denied_paths: ["*.key", secret]}}', first]);
    for (const name of ['a/b.key', 'x/secret/y']) {
      expect(kind(policy, `${first}/${name}`), name).toBe('denied');
      expect(kind(policy, `${second}/${name}`, 'list'), name).toBe('free');
    }
  });
});

test('a likely secret is allowed by rules about paths at the start and now, not where one of them names none', () => {
  const rules = {
    byPath: '{decision: allow, tools: [read_file], paths: [/w/one], why: w}',
    byTool: '{decision: allow, tools: [read_file], why: w}',
  };
  const policy = (rule: keyof typeof rules): EffectivePolicy => merged(['user', `rules: [${rules[rule]}]\n`]);
  const verdict = (start: keyof typeof rules, now: keyof typeof rules): string => {
    const both = stricterOf(policy(start), policy(now));
    const inForce = {
      policy: both,
      scope: scopeOf(both, [...ROOTS], '/home/u', []),
      rulebook: new Rulebook(both.rules, { roots: [...ROOTS], home: '/home/u' }),
      way: wayInForce(undefined, both),
    };
    const action = actionOn('read_file', 'read', [{ path: '/w/one/.env', access: 'read' }]);
    return decide(action, { family: 'file_system', flags: NO_FLAGS }, inForce, []).verdict;
  };
  expect(verdict('byPath', 'byPath')).toBe('allow'); // the control
  expect(verdict('byTool', 'byTool')).toBe('ask');
  expect([verdict('byTool', 'byPath'), verdict('byPath', 'byTool')]).toEqual(['ask', 'ask']);
});

test.each(['own_paths: []', 'tools: {file_system: {allowed_paths: []}}'])(
  'a list that leaves nothing is shown, with its place: %s',
  (text) => {
    const shown = policyEntries(merged(['user', `timeout: 9\n${text}\n`]));
    expect(shown).toContainEqual(
      expect.objectContaining({
        value: '(nothing: the list is empty)',
        origin: expect.objectContaining({ file: 'user.yaml', line: 2 }) as unknown,
      }),
    );
  },
);

test('that the agent may use no file is said with the place of the list that says so', () => {
  const policy = merged(['user', 'timeout: 9\ntools: {file_system: {allowed_paths: []}}\n']);
  const notes = emptyScopeNotes(policy, scopeOf(policy, [...ROOTS], '/home/u', []));
  expect(notes).toHaveLength(ROOTS.length);
  for (const note of notes) expect(note).toMatchObject({ file: 'user.yaml', line: 2 });
});
