import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parsePolicy } from '../../src/core/policy/parse.ts';
import { withPrivacy } from '../../src/core/policy/writePrivacy.ts';

const written = (text: string, isOn: boolean): string => {
  const result = withPrivacy(text, 'policy.yaml', isOn);
  if (!result.ok) throw new Error(result.problem);
  return result.text;
};
const valuesOf = (text: string): unknown => {
  const result = parsePolicy(text, 'policy.yaml', 'user');
  return result.ok ? result.parsed.values : result.diagnostics;
};

test.each<[text: string, on: string, off: string]>([
  ['', 'privacy: maximum\n', ''],
  ['# mine\nmax_iterations: 3', '# mine\nmax_iterations: 3\nprivacy: maximum\n', '# mine\nmax_iterations: 3'],
  ['privacy: usual # for now\ntimeout: 9\n', 'privacy: maximum\ntimeout: 9\n', 'timeout: 9\n'],
  ['timeout: 9\nprivacy: maximum\n', 'timeout: 9\nprivacy: maximum\n', 'timeout: 9\n'],
  ['{timeout: 9}\n', '{ timeout: 9, privacy: maximum }\n', '{timeout: 9}\n'],
  ['"privacy": usual\n', '"privacy": maximum\n', '{}\n'],
])('%j gets a line, and loses it: the rest stays as it is', (text, on, off) => {
  expect(written(text, true)).toBe(on);
  expect(written(text, false)).toBe(off);
});

test('a key of that name elsewhere is not meant', () => {
  const text = 'rules:\n  - decision: ask\n    commands: ["x"]\n    why: |\n      privacy: usual\n';
  expect(written(text, false)).toBe(text);
  expect(written(text, true)).toBe(`${text}privacy: maximum\n`);
});

test('a policy with errors is left alone, and the problem says where', () => {
  expect(withPrivacy('privcy: maximum\n', 'policy.yaml', true)).toEqual({
    ...{ ok: false, problem: 'the policy has errors; mend policy.yaml first' },
  });
});

test('on and off again leaves what every other key says', () => {
  const line = fc.constantFrom(
    'timeout: 9',
    'max_iterations: 3',
    '# a word',
    '',
    'sandbox: {network: none}',
    'tools: {api_calls: {enabled: true}}',
  );
  fc.assert(
    fc.property(fc.uniqueArray(line), fc.constantFrom('\n', '\r\n'), (lines, end) => {
      const text = lines.map((one) => `${one}${end}`).join('');
      expect(valuesOf(written(text, true))).toEqual({ ...(valuesOf(text) as object), privacy: 'maximum' });
      expect(valuesOf(written(written(text, true), false))).toEqual(valuesOf(text));
    }),
  );
});
