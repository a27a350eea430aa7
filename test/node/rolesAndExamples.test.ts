import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { mergePolicies } from '../../src/core/policy/merge.ts';
import type { LoadedPolicies } from '../../src/core/policy/port.ts';
import type { Account } from '../../src/core/policy/roles.ts';
import { PolicyFiles } from '../../src/node/policy/policyFiles.ts';
import { plant, temporaryFolder } from '../support/tree.ts';

const ME: Account = { user: 'ada', groups: ['staff', 'dev'] };

/** Loads an organization's policy that is tried out, with other layers beside it. */
async function loaded(
  files: { organization?: string; user?: string; workspace?: string; run?: string },
  who = ME,
): Promise<{ result: LoadedPolicies; base: string }> {
  const base = await temporaryFolder();
  const root = join(base, 'w');
  await plant(base, {
    ...(files.organization !== undefined && { 'org.yaml': files.organization }),
    ...(files.user !== undefined && { 'user.yaml': files.user }),
    ...(files.run !== undefined && { 'run.yaml': files.run }),
    ...(files.workspace !== undefined && { 'w/.oversign/policy.yaml': files.workspace }),
  });
  const places = {
    organization: files.organization === undefined ? undefined : join(base, 'org.yaml'),
    isOrganizationTrusted: true,
    user: join(base, 'user.yaml'),
    roots: [root],
    run: files.run === undefined ? undefined : join(base, 'run.yaml'),
  };
  return { result: await new PolicyFiles(places, who).load(), base };
}

const errorsOf = ({ result, base }: { result: LoadedPolicies; base: string }): string[] =>
  result.ok
    ? []
    : result.diagnostics.map((one) => `${one.file.slice(base.length + 1)}:${one.line}:${one.column}: ${one.message}`);

describe('roles', () => {
  const ORG = `timeout: 100
max_iterations: 9
roles:
  - users: [ada]
    policy: {timeout: 200, rules: [{decision: deny, paths: [x], why: w}]}
  - groups: [ops, dev]
    policy: {timeout: 300}
  - users: [bob]
    groups: [root]
    policy: {timeout: 400, max_iterations: 1}
  - policy: {timeout: 500}
`;
  test.each<[string, Account, number, number]>([
    ['by user, then by group: the last that fits', ME, 300, 9],
    ['by user alone', { user: 'ada', groups: [] }, 200, 9],
    ['by group alone', { user: 'eve', groups: ['dev'] }, 300, 9],
    ['of somebody else', { user: 'bob', groups: [] }, 400, 1],
    ['none', { user: 'eve', groups: [] }, 100, 9],
    ['none for a name with another case', { user: 'Ada', groups: ['DEV'] }, 100, 9],
    ['none for a user who is called like a group', { user: 'dev', groups: ['ada'] }, 100, 9],
    ['none for nobody', { user: '', groups: [''] }, 100, 9],
  ])('%s', async (_name, who, timeout, turns) => {
    const { result, base } = await loaded({ organization: ORG, user: 'timeout: 9000\nmax_iterations: 90\n' }, who);
    if (!result.ok) throw new Error(errorsOf({ result, base }).join());
    const policy = mergePolicies(result.layers);
    expect([policy.timeoutSeconds.value, policy.maxIterations.value]).toEqual([timeout, turns]);
    expect(policy.timeoutSeconds.origin).toMatchObject({ layer: 'organization', file: join(base, 'org.yaml') });
    if (timeout === 300) expect(policy.timeoutSeconds.origin).toMatchObject({ line: 7, column: 23 });
  });

  test.each(['user', 'workspace', 'run'] as const)('are an error in the %s policy', async (layer) => {
    const found = errorsOf(await loaded({ [layer]: 'timeout: 5\nroles:\n  - policy: {timeout: 9}\n' }));
    expect(found).toEqual([expect.stringMatching(/:2:1: roles belong into the organization policy$/)]);
  });

  test('have no roles of their own, and unknown keys in them are errors', async () => {
    for (const key of ['roles: []', 'timeouts: 1', '__proto__: {timeout: 1}'])
      expect(errorsOf(await loaded({ organization: `roles:\n  - policy: {${key}}\n` }))).toHaveLength(1);
  });

  test('have their rules’ examples checked, as every rule has', async () => {
    const role =
      'roles:\n  - policy:\n      rules:\n        - decision: deny\n          commands: [rm]\n          why: w\n          examples: {match: [rm -r x]}\n';
    expect(errorsOf(await loaded({ organization: role }))).toHaveLength(1);
  });
});

describe('examples of rules', () => {
  const rule = (subject: string, examples: string, decision = 'deny'): string =>
    `rules:\n  - decision: ${decision}\n    ${subject}\n    why: w\n    examples:\n      ${examples}\n`;

  test.each<[string, string, string[]]>([
    ['that fit', rule('commands: [rm **]', 'match: [rm x, env rm x, ls; rm y]'), []],
    ['that fit not to match', rule('commands: [rm **]', 'no_match: [ls, echo rm]'), []],
    [
      'that should match',
      rule('commands: [rm -r]', 'match: [rm -r, rm -r x]'),
      ['6:22: example "rm -r x" does not match, and should'],
    ],
    [
      'that should not match',
      rule('commands: [rm **]', 'no_match: [sudo rm x]'),
      ['6:18: example "sudo rm x" matches, and should not'],
    ],
    [
      'that a rule should not allow',
      rule('commands: [npm test]', 'match: [npm test > f]', 'allow'),
      ['6:15: example "npm test > f" does not match, and should'],
    ],
    ['with paths', rule('paths: [src]', 'match: [src/a, src/../src/b]\n      no_match: [docs]'), []],
    [
      'with paths that do not fit',
      rule('paths: [src]', 'match: [docs/a]'),
      ['6:15: example "docs/a" does not match, and should'],
    ],
    [
      'with many mistakes',
      rule('commands: [ls]', 'match: [a, b]\n      no_match: [ls]'),
      [
        '6:15: example "a" does not match, and should',
        '6:18: example "b" does not match, and should',
        '7:18: example "ls" matches, and should not',
      ],
    ],
    ['that are no path', rule('paths: [src]', 'match: ["~/../../x", "/", "."]'), ['6:15: ', '6:28: ', '6:33: ']],
  ])('%s', async (_name, text, wanted) => {
    for (const layer of ['organization', 'user', 'workspace', 'run'] as const) {
      const found = errorsOf(await loaded({ [layer]: text })).map((one) => one.replace(/^[^:]*:/, ''));
      expect(found).toEqual(wanted.map((one) => expect.stringContaining(one) as unknown));
    }
  });

  test.each([
    ['a path', 'paths: [src]'],
    ['a command', 'commands: [ls]'],
  ])('that name a path which is none are errors with their place, not crashes: %s', async (_name, subject) => {
    const found = await loaded({ workspace: rule(subject, `match: [touch ${'x'.repeat(300)}]`) });
    expect(errorsOf(found)).toEqual([expect.stringContaining(':6:15: ')]);
  });
});
