import { expect, test } from 'vitest';
import { hostPattern, patternText } from '../../src/core/egress/hostPattern.ts';
import { HOST_SETS } from '../../src/core/egress/hostSets.ts';
import { parsePolicy } from '../../src/core/policy/parse.ts';
import { withAllowedHosts } from '../../src/core/policy/writeRule.ts';

const ALL = HOST_SETS.flatMap(({ hosts }) => hosts);

test('every host of a set is named exactly, in the one spelling, once', () => {
  const patterns = ALL.flatMap((host) => hostPattern(host) ?? []);
  expect(patterns.map((pattern) => [pattern.of, patternText(pattern)])).toEqual(ALL.map((host) => ['itself', host]));
  expect(new Set(ALL).size).toBe(ALL.length);
});

test('all of them can be written; what is there stays, and nothing stands there twice', () => {
  const before = `# mine\nallowed_domains:\n  - pypi.org # of ours\ntimeout: 5\n`;
  const written = withAllowedHosts(before, 'f', ALL);
  const text = written.ok ? written.text : '';
  expect(text).toContain('  - pypi.org # of ours\n');
  const parsed = parsePolicy(text, 'f', 'user');
  const values = parsed.ok ? parsed.parsed.values : {};
  expect(values.allowed_domains).toEqual(['pypi.org', ...ALL.filter((host) => host !== 'pypi.org')]);
  expect(values.timeout).toBe(5);
  expect(withAllowedHosts(text, 'f', ALL)).toMatchObject({ ok: true, text });
});

test('a policy with errors is not written into', () => {
  expect(withAllowedHosts('timeout: [', 'f', ALL)).toMatchObject({ ok: false });
});
