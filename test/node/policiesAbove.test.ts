import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { composeEngine } from '../../src/compose.ts';
import type { Engine } from '../../src/core/engine/engine.ts';
import { PolicyInvalid } from '../../src/core/policy/policyInvalid.ts';
import { areAllLocal } from '../../src/node/account.ts';
import { decidingParts } from '../../src/node/lab/decidingParts.ts';
import { PolicyFiles } from '../../src/node/policy/policyFiles.ts';
import { runCli } from '../support/cli.ts';
import { plant, temporaryFolder } from '../support/tree.ts';

const DENY = 'tools: {file_system: {denied_paths: [secret.txt]}}\n';

/** An engine that decides in `repo/sub` of these files, where `repo` is a repository. */
async function inSub(files: Record<string, string>): Promise<{ base: string; engine: Engine }> {
  const base = await temporaryFolder();
  await plant(base, { 'repo/sub/secret.txt': 'x\n', 'repo/sub/plain.txt': 'x\n', 'home/.keep': '', ...files });
  mkdirSync(join(base, 'repo/.git'), { recursive: true });
  const environment = { XDG_DATA_HOME: join(base, 'data'), XDG_CONFIG_HOME: join(base, 'config') };
  return { base, engine: composeEngine(await decidingParts({ workspace: join(base, 'repo/sub'), environment })) };
}

async function reading(engine: Engine, path: string): Promise<string> {
  const call = { name: 'read_file', arguments: JSON.stringify({ path }) };
  return (await engine.tryCall(call)).decision.verdict;
}

test('a policy at the top of the repository binds in a folder below, and both are said', async () => {
  const { base, engine } = await inSub({ 'repo/.oversign/policy.yaml': DENY });
  expect(await reading(engine, 'secret.txt')).toBe('deny');
  expect(await reading(engine, 'plain.txt')).toBe('allow');
  // The scope stays the folder itself.
  expect(await reading(engine, '../other.txt')).toBe('deny');
  const { notes } = await engine.policy();
  expect(notes).toEqual([
    expect.objectContaining({
      severity: 'info',
      file: join(base, 'repo/.oversign/policy.yaml'),
      message: expect.stringContaining(`works in ${join(base, 'repo/sub')} alone`) as string,
    }),
  ]);
  const free = await inSub({}); // the control
  expect(await reading(free.engine, 'secret.txt')).toBe('allow');
});

test('so does one between, each for itself; a broken one stops runs', async () => {
  const { base, engine } = await inSub({ 'repo/.oversign/policy.yaml': 'timeout: 50\n' });
  await plant(base, { 'repo/sub/deep/a.txt': '', 'repo/sub/.oversign/policy.yaml': 'max_iterations: 7\n' });
  const environment = { XDG_DATA_HOME: join(base, 'data'), XDG_CONFIG_HOME: join(base, 'config') };
  const deep = composeEngine(await decidingParts({ workspace: join(base, 'repo/sub/deep'), environment }));
  expect(await deep.policy()).toMatchObject({ timeoutSeconds: { value: 50 }, maxIterations: { value: 7 } });
  await plant(base, { 'repo/.oversign/policy.yaml': 'timeout: [' });
  await expect(deep.policy()).rejects.toThrow(PolicyInvalid);
  await expect(engine.policy()).rejects.toThrow(join(base, 'repo/.oversign/policy.yaml'));
});

test('it can only tighten, and is offered for no acceptance', async () => {
  const { engine } = await inSub({ 'repo/.oversign/policy.yaml': 'confirm_actions: false\nmax_iterations: 500\n' });
  const policy = await engine.policy();
  expect(policy.confirmActions.value).toBe(true);
  expect(policy.notes.filter(({ severity }) => severity === 'warning')).toHaveLength(2);
  expect(policy.notes.map(({ message }) => message).join()).toContain('from above the workspace can only tighten');
  expect(await engine.acceptable()).toEqual([]);
});

test('beyond the top of the repository, and outside of every repository, none binds', async () => {
  const { base, engine } = await inSub({ '.oversign/policy.yaml': DENY });
  expect(await reading(engine, 'secret.txt')).toBe('allow');
  const environment = { XDG_DATA_HOME: join(base, 'data'), XDG_CONFIG_HOME: join(base, 'config') };
  await plant(base, { 'loose/.oversign/policy.yaml': DENY, 'loose/sub/secret.txt': 'x\n' });
  const loose = composeEngine(await decidingParts({ workspace: join(base, 'loose/sub'), environment }));
  expect(await reading(loose, 'secret.txt')).toBe('allow');
});

test('check, doctor and decide know of it', async () => {
  const { base } = await inSub({ 'repo/.oversign/policy.yaml': 'timeout: [' });
  const cwd = join(base, 'repo/sub');
  for (const args of [['policy', 'check'], ['policy', 'show'], ['doctor']]) {
    const end = await runCli(args, { base, cwd });
    expect([args, end.code]).toEqual([args, 78]);
    expect(end.stdout + end.stderr).toContain(join(base, 'repo/.oversign/policy.yaml'));
  }
  const decided = await runCli(
    ['decide'],
    { base, cwd },
    '{"tool": "read_file", "arguments": {"path": "plain.txt"}}\n',
  );
  expect(decided).toMatchObject({ code: 78, stdout: expect.stringContaining('policy-invalid') as string });
});

test('a file that is no policy by its name alone is said', async () => {
  const { base, engine } = await inSub({ 'repo/sub/.oversign/policy.yml': DENY, 'config/oversign/policy.yml': DENY });
  const { notes } = await engine.policy();
  expect(notes.map(({ severity, file }) => [severity, file])).toEqual([
    ['warning', join(base, 'config/oversign/policy.yml')],
    ['warning', join(base, 'repo/sub/.oversign/policy.yml')],
  ]);
});

test('accounts and groups of roles that are not there are said, where that can be known', async () => {
  const folder = await temporaryFolder();
  const organization = join(folder, 'policy.yaml');
  await plant(folder, {
    'policy.yaml': 'roles:\n  - users: [anna, ana]\n    groups: [devs, dev]\n    policy: {timeout: 5}\n',
  });
  const places = { organization, isOrganizationTrusted: true, roots: [] };
  const known = { users: new Set(['anna']), groups: new Set(['dev']) };
  const load = async (account: ConstructorParameters<typeof PolicyFiles>[1]): Promise<string[]> => {
    const loaded = await new PolicyFiles(places, account).load();
    return loaded.ok ? loaded.notes.map(({ line, column, message }) => `${line}:${column} ${message}`) : ['invalid'];
  };
  expect(await load({ user: 'anna', groups: [], known })).toEqual([
    expect.stringMatching(/^2:19 there is no account "ana" on this machine/),
    expect.stringMatching(/^3:14 there is no group "devs" on this machine/),
  ]);
  expect(await load({ user: 'anna', groups: [] })).toEqual([]);
  expect(areAllLocal('passwd: files systemd\ngroup: files # all\n')).toBe(true);
  expect(areAllLocal('passwd: files sss\ngroup: files\n')).toBe(false);
  expect(areAllLocal('')).toBe(false);
});
