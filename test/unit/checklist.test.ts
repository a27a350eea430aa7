import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { CHECKS, checklistOf } from '../../src/core/checklist/checklist.ts';
import type { ChecklistFacts } from '../../src/core/checklist/facts.ts';
import { sarifOf } from '../../src/core/checklist/sarif.ts';
import type { Verdict } from '../../src/core/audit/verdict.ts';
import { mergePolicies } from '../../src/core/policy/merge.ts';
import { parsePolicy } from '../../src/core/policy/parse.ts';
import { scopeOf } from '../../src/core/policy/scopeOf.ts';
import { wayInForce } from '../../src/core/policy/ways.ts';
import { placeFacts } from '../../src/node/checklist/placeFacts.ts';
import { checklistWords, type CheckItem } from '../../src/shared/checklist.ts';
import { temporaryFolder } from '../support/tree.ts';

// The security checklist: each item has something that turns it red, and is green without it.

const HOME = '/home/you';
const ROOT = '/home/you/project';
const NOW = Date.parse('2026-06-01T12:00:00Z');

function policyOf(text: string, roots = [ROOT]): ChecklistFacts['policy'] {
  const parsed = parsePolicy(text, '/home/you/.config/oversign/policy.yaml', 'user');
  if (!parsed.ok) throw new Error(parsed.diagnostics[0]?.message);
  const policy = mergePolicies([parsed.parsed]);
  const scope = scopeOf(policy, roots, HOME, ['/home/you/.local/share/oversign']);
  return { ok: true, policy, scope, way: wayInForce(undefined, policy).way };
}

const VERDICT: Verdict = {
  ...{ state: 'whole', ok: true, log: 'l', account: 'k', accountChecked: 'local', events: 3, first: 1, writers: 1 },
  ...{ erased: 0, left: 0, signedUpTo: 3, unsigned: 0, uncovered: 0, earlier: [] },
  witnesses: [{ name: '/mnt/w', heads: 1, upTo: 3, time: '2026-06-01T11:00:00Z' }],
};

const WELL = 'budget: {tokens: 1000000}\naudit: {retention: {days: 90}}\n';

const GREEN: ChecklistFacts = {
  policy: policyOf(WELL),
  sandbox: {
    ...{ works: true, name: 'bubblewrap', words: 'bubblewrap holds', limits: [] },
    probes: [{ name: 'read the home folder', outcome: 'held' }],
  },
  account: { name: 'you', isRoot: false },
  workspace: { roots: [ROOT], home: HOME, isTrusted: true, synced: [] },
  keysInEnvironment: [],
  log: { verdict: VERDICT, checked: NOW - 1000 },
  review: { runs: 2, open: 0 },
  organization: { file: '/etc/oversign/policy.yaml', state: 'counts', words: '' },
  now: NOW,
};

const withPolicy = (text: string, roots?: string[]): Partial<ChecklistFacts> => ({
  policy: policyOf(
    `${text}${text.includes('budget') ? '' : 'budget: {tokens: 1000000}\n'}${text.includes('audit') ? '' : 'audit: {retention: {days: 90}}\n'}`,
    roots,
  ),
});

type Red = [id: string, what: string, change: Partial<ChecklistFacts>, state?: CheckItem['state']];

const RED: Red[] = [
  ['sandbox', 'switched off', withPolicy('sandbox: false\n')],
  ['sandbox', 'not working', { sandbox: { works: false, cause: 'No bubblewrap.', fix: 'Install it.' } }],
  [
    'self-test',
    'an attempt got out',
    {
      sandbox: { works: true, name: 'b', words: 'b', limits: [], probes: [{ name: 'read it', outcome: 'failed' }] },
    },
  ],
  ['self-test', 'nothing tried', { sandbox: { works: false, cause: 'x', fix: '' } }],
  ['account', 'root', { account: { name: 'root', isRoot: true } }],
  ['workspace-trusted', 'restricted', { workspace: { ...GREEN.workspace, isTrusted: false } }],
  ['workspace-dedicated', 'the home folder', { workspace: { ...GREEN.workspace, roots: [HOME] } }],
  ['workspace-dedicated', 'synced', { workspace: { ...GREEN.workspace, synced: [{ root: ROOT, by: 'Dropbox' }] } }],
  ['keys', 'in the environment', { keysInEnvironment: ['OPENAI_API_KEY'] }],
  ['confirmation', 'a shell with any words', withPolicy('rules: [{decision: allow, commands: ["bash **"], why: x}]\n')],
  ['confirmation', 'a tool whatever it does', withPolicy('rules: [{decision: allow, tools: [write_file], why: x}]\n')],
  ['scope', 'the home folder allowed', withPolicy('tools: {file_system: {allowed_paths: ["~"]}}\n')],
  ['scope', 'the home folder in the workspace', { workspace: { ...GREEN.workspace, roots: ['/home'] } }],
  ['sensitive-folders', 'keys in reach', withPolicy('', [HOME])],
  ['max-iterations', 'too many', withPolicy('max_iterations: 26\n')],
  ['timeout', 'too long', withPolicy('timeout: 3601\n')],
  ['budget', 'none', { policy: policyOf('audit: {retention: {days: 90}}\n') }, 'advice'],
  [
    'requests',
    'unasked to any host below',
    withPolicy(
      'tools: {api_calls: {enabled: true, require_confirmation: false}}\nallowed_domains: ["*.example.com"]\n',
    ),
  ],
  ['network', 'any host', withPolicy('sandbox: {network: allowed}\n')],
  ['retention', 'none', { policy: policyOf('budget: {tokens: 100000}\n') }, 'advice'],
  ['policy-notes', 'what has no effect', withPolicy('tools: {code_execution: {languages: [python]}}\n'), 'advice'],
  [
    'log-whole',
    'broken',
    {
      log: {
        verdict: { ...VERDICT, state: 'broken', ok: false, problem: { seq: 2, property: 'chain', words: 'x' } },
        checked: NOW,
      },
    },
  ],
  ['log-whole', 'cannot be checked', { log: { verdict: { ...VERDICT, state: 'unchecked', ok: false }, checked: NOW } }],
  ['log-verified', 'long ago', { log: { verdict: VERDICT, checked: NOW - 8 * 86_400_000 } }],
  ['log-witness', 'nobody', { log: { verdict: { ...VERDICT, witnesses: [] }, checked: NOW } }],
  [
    'log-witness',
    'one that cannot be asked',
    {
      log: {
        verdict: { ...VERDICT, witnesses: [{ name: 'w', heads: 1, upTo: 1, time: '', problem: 'gone' }] },
        checked: NOW,
      },
    },
  ],
  ['runs-reviewed', 'one is open', { review: { runs: 2, open: 1 } }],
  [
    'organization-policy',
    'owned by others',
    { organization: { ...GREEN.organization, state: 'not-administrators', words: 'Anybody can write it.' } },
  ],
  ['organization-policy', 'none', { organization: { ...GREEN.organization, state: 'absent' } }, 'advice'],
];

const item = (facts: ChecklistFacts, id: string): CheckItem | undefined =>
  checklistOf(facts).find((one) => one.id === id);

test('all is green where all is as it should be; ids are there once, and stay', () => {
  const items = checklistOf(GREEN);
  expect(items.filter(({ state }) => state !== 'pass')).toEqual([]);
  for (const { words, why, title } of items) for (const said of [words, why, title]) expect(said).toMatch(/\S/);
  expect(checklistWords(items)).toBe(`${items.length} of ${items.length} as they should be.`);
  expect(CHECKS.map(({ id }) => id)).toEqual([
    ...['sandbox', 'self-test', 'account', 'workspace-trusted', 'workspace-dedicated', 'keys'],
    ...['confirmation', 'scope', 'sensitive-folders', 'max-iterations', 'timeout', 'budget', 'requests', 'network'],
    ...[
      'retention',
      'policy-notes',
      'log-whole',
      'log-verified',
      'log-witness',
      'runs-reviewed',
      'organization-policy',
    ],
  ]);
});

describe('red:', () => {
  test.each(RED)('%s: %s', (id, _what, change, state = 'fail') => {
    const red = item({ ...GREEN, ...change }, id);
    expect(red?.state).toBe(state);
    expect(item(GREEN, id)?.state).toBe('pass'); // the control
    if (red?.words !== 'x') expect(red?.words).toMatch(/\S/);
  });

  test('every item has something that turns it red', () => {
    expect(new Set(RED.map(([id]) => id))).toEqual(new Set(CHECKS.map(({ id }) => id)));
  });

  test('of a policy that is not valid nothing passes that rests on it; what nobody looked at is unknown', () => {
    const broken = checklistOf({ ...GREEN, policy: { ok: false, words: 'policy.yaml:1:1: no' } });
    expect(broken.filter(({ state }) => state === 'fail').map(({ id }) => id)).toEqual([
      ...['sandbox', 'confirmation', 'scope', 'sensitive-folders', 'max-iterations', 'timeout', 'budget'],
      ...['requests', 'network', 'retention', 'policy-notes'],
    ]);
    const unknown = checklistOf({ ...GREEN, sandbox: undefined, log: undefined, review: undefined });
    expect(unknown.filter(({ state }) => state === 'unknown').map(({ id }) => id)).toEqual([
      ...['sandbox', 'self-test', 'log-whole', 'runs-reviewed'],
    ]);
    expect(unknown.find(({ id }) => id === 'log-verified')?.state).toBe('fail');
  });
});

test('SARIF: a rule for each item, what is open as errors, nothing else as one', () => {
  const items = checklistOf({
    ...GREEN,
    keysInEnvironment: ['OPENAI_API_KEY'],
    organization: { ...GREEN.organization, state: 'absent' },
  });
  const [run] = (
    sarifOf(items, '1.2.3') as {
      runs: {
        tool: { driver: { rules: { id: string }[] } };
        results: { ruleId: string; ruleIndex: number; kind: string; level: string; message: { text: string } }[];
      }[];
    }
  ).runs;
  expect(run?.tool.driver.rules).toHaveLength(CHECKS.length);
  expect(run?.results).toHaveLength(CHECKS.length);
  for (const { ruleId, ruleIndex } of run?.results ?? []) expect(run?.tool.driver.rules[ruleIndex]?.id).toBe(ruleId);
  expect(run?.results.filter(({ level }) => level === 'error').map(({ ruleId, kind }) => [ruleId, kind])).toEqual([
    ['keys', 'fail'],
  ]);
  expect(run?.results.find(({ ruleId }) => ruleId === 'organization-policy')?.kind).toBe('review');
});

test('what this machine is asked: synced folders by name and mark, keys by name, whose the policy is', async () => {
  const base = await temporaryFolder();
  const [plain, dropbox, syncthing] = [join(base, 'plain'), join(base, 'Dropbox', 'p'), join(base, 'st', 'deep')];
  for (const folder of [plain, dropbox, syncthing, join(base, 'st', '.stfolder')])
    mkdirSync(folder, { recursive: true });
  writeFileSync(join(base, 'open.yaml'), '', { mode: 0o666 });
  const facts = placeFacts(
    [plain, dropbox, syncthing],
    { ANTHROPIC_API_KEY: 'sk', OPENAI_API_KEY: '' },
    join(base, 'open.yaml'),
  );
  expect(facts.synced).toEqual([
    { root: dropbox, by: 'Dropbox' },
    { root: syncthing, by: 'Syncthing' },
  ]);
  expect(facts.keysInEnvironment).toEqual(['ANTHROPIC_API_KEY']);
  expect(JSON.stringify(facts)).not.toContain('sk"');
  expect(facts.organization.state).toBe('not-administrators');
  expect(placeFacts([], {}, join(base, 'none.yaml')).organization.state).toBe('absent');
});
