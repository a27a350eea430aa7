import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { triedSettings } from '../../src/extension/triedSettings.ts';
import { PROVIDER_NAMES } from '../../src/shared/providers.ts';
import { settingProblems } from '../../src/shared/settingProblems.ts';
import { MODEL_SETTINGS, parseModelSettings, type ModelSettings } from '../../src/shared/settings.ts';

type Values = Partial<Record<keyof ModelSettings, unknown>>;
const wrong = (values: Values): string[] =>
  settingProblems((name) => values[name]).map(({ name }) => name.split('.')[2] ?? '');

const NO_VALUES: [keyof ModelSettings, unknown][] = [
  ...['opnai', '', 3, null, [], 'constructor', '__proto__'].map((value): [keyof ModelSettings, unknown] => [
    'provider',
    value,
  ]),
  ['name', 3],
  ...['localhost:11434', 'ftp://x', 'http://', 7].map((value): [keyof ModelSettings, unknown] => ['baseUrl', value]),
  ...['proxy:3128', 'socks5://x', {}].map((value): [keyof ModelSettings, unknown] => ['proxy', value]),
  ['caFile', true],
  ...['5', -1, 86_401, Number.NaN].map((value): [keyof ModelSettings, unknown] => ['firstByteSeconds', value]),
  ['betweenBytesSeconds', null],
];

test.each(NO_VALUES)('%s: %j is no value, and that is said', (name, value) => {
  expect(wrong({ [name]: value })).toEqual([name]);
  const [problem] = settingProblems((one) => (one === name ? value : undefined));
  expect(problem?.words).toMatch(/\.$/);
  expect(problem?.words.split(' ').length).toBeLessThan(20);
});

test('what is not set, or set as the manifest says, is no problem', () => {
  expect(wrong({})).toEqual([]);
  for (const provider of PROVIDER_NAMES)
    expect(
      wrong({ provider, name: 'm', baseUrl: ' https://x/v1 ', proxy: 'none', caFile: '~/ca.pem', firstByteSeconds: 0 }),
    ).toEqual([]);
});

test('whatever counts as another value than was written is said to be wrong', () => {
  fc.assert(
    fc.property(fc.constantFrom('provider', 'firstByteSeconds', 'name'), fc.jsonValue(), (name, value) => {
      const read = parseModelSettings((one) => (one === name ? value : undefined));
      const counts: unknown = read[name as keyof ModelSettings];
      const written: unknown = typeof value === 'string' ? value.trim() : value;
      if (counts !== written && !(value === 0 && counts === 0)) expect(wrong({ [name]: value })).toEqual([name]);
    }),
  );
});

test('the editor says the same of addresses, where they stand', () => {
  const { contributes } = JSON.parse(readFileSync('package.json', 'utf8')) as {
    contributes: {
      configuration: { properties: Record<string, { pattern?: string; scope: string; ignoreSync?: boolean }> };
    };
  };
  const { properties } = contributes.configuration;
  for (const name of ['baseUrl', 'proxy'] as const) {
    const pattern = new RegExp(properties[`oversign.model.${name}`]?.pattern ?? 'none');
    for (const [of, value] of NO_VALUES)
      if (of === name && typeof value === 'string') expect(pattern.test(value)).toBe(false);
    for (const value of ['', 'https://x/v1', ' http://x:1 ']) expect(pattern.test(value)).toBe(true);
  }
});

test('nothing that is of this machine, or says where prompts go, travels with Settings Sync', () => {
  const { contributes } = JSON.parse(readFileSync('package.json', 'utf8')) as {
    contributes: { configuration: { properties: Record<string, { scope: string; ignoreSync?: boolean }> } };
  };
  const all = Object.entries(contributes.configuration.properties);
  const travels = all
    .filter(([, { scope, ignoreSync }]) => !/^machine/.test(scope) && ignoreSync !== true)
    .map(([name]) => name);
  expect(all.length).toBeGreaterThan(Object.keys(MODEL_SETTINGS).length);
  expect(travels).toEqual(['oversign.composer.enterSends']); // a habit
});

test('a workspace that sets what it may not is found out, at the place', () => {
  const text = '{\n  // mine\n  "oversign.model.baseUrl": "https://evil.example",\n  "editor.tabSize": 2,\n}\n';
  expect(triedSettings(text)).toEqual([{ name: 'oversign.model.baseUrl', line: 3, column: 3 }]);
  const workspace = '{"folders":[],"settings":{"oversign.model.provider":"openai"}}';
  expect(triedSettings(workspace, ['settings'])).toEqual([{ name: 'oversign.model.provider', line: 1, column: 27 }]);
  // Controls, and what is broken.
  expect(triedSettings(workspace)).toEqual([]);
  expect(triedSettings('{"editor.tabSize": 2, "oversign.future": 1}')).toEqual([]);
  for (const broken of [
    '',
    '[',
    'null',
    '{"oversign',
    `{"oversign.model.name": ${'['.repeat(5000)}`,
    ' '.repeat(1_000_001),
  ])
    expect(Array.isArray(triedSettings(broken))).toBe(true);
});
