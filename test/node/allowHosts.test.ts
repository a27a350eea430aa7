import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runCli } from '../support/cli.ts';
import { inTerminal } from '../support/terminal.ts';
import { plant, temporaryFolder } from '../support/tree.ts';

const ARGS = ['policy', 'allow-hosts'];

async function world(): Promise<{ base: string; policy: string }> {
  const base = await temporaryFolder();
  await plant(base, { 'home/.keep': '', 'work/README.md': 'hello\n' });
  return { base, policy: join(base, 'config/oversign/policy.yaml') };
}

test('hosts of package managers: shown, and written after a yes alone', async () => {
  const { base, policy } = await world();
  const args = [...ARGS, 'npm', 'github', '--workspace', 'work'];
  const no = await inTerminal(args, { base, steps: [['Write it\\? \\[y/N\\] $', 'send', 'n\r']] });
  expect(no.output).toContain('+  - registry.npmjs.org');
  expect(no.output).toContain('whoever can read there can also send there');
  expect(existsSync(policy)).toBe(false);
  const yes = await inTerminal(args, { base, steps: [['Write it\\? \\[y/N\\] $', 'send', 'y\r']] });
  expect(yes.failed, yes.output).toBeNull();
  expect(readFileSync(policy, 'utf8')).toMatch(/^allowed_domains:\n {2}- registry\.npmjs\.org\n/);
  expect((await runCli([...args, '--yes'], { base })).stdout).toContain('allows these hosts already');
});

test('bad input says what there is, and writes nothing', async () => {
  const { base, policy } = await world();
  const unknown = await runCli([...ARGS, 'npm', 'nmp', '--yes', '--workspace', 'work'], { base });
  expect([unknown.code, existsSync(policy)]).toEqual([2, false]);
  expect(unknown.stderr).toMatch(/no hosts of the name "nmp"[\s\S]*npm: registry\.npmjs\.org/);
  expect((await runCli([...ARGS, '--workspace', 'work'], { base })).code).toBe(2);
  await plant(base, { 'config/oversign/policy.yaml': 'timeout: [\n' });
  const broken = await runCli([...ARGS, 'npm', '--yes', '--workspace', 'work'], { base });
  expect(broken.code).not.toBe(0);
  expect(broken.stderr).toContain('the policy has errors');
  expect(readFileSync(policy, 'utf8')).toBe('timeout: [\n');
  writeFileSync(policy, '');
  // The control: nobody there to ask.
  expect((await runCli([...ARGS, 'npm', '--workspace', 'work'], { base })).code).not.toBe(0);
  expect(readFileSync(policy, 'utf8')).toBe('');
});
