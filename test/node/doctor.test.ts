import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CHECKS } from '../../src/core/checklist/checklist.ts';
import { runCli } from '../support/cli.ts';
import { plant, temporaryFolder } from '../support/tree.ts';

// `oversign doctor`: what works here, and the security checklist.

async function place(policy = ''): Promise<{ base: string; doctor: (...args: string[]) => ReturnType<typeof runCli> }> {
  const base = await temporaryFolder();
  await plant(base, { 'home/.keep': '', 'work/README.md': 'x\n', 'config/oversign/policy.yaml': policy });
  const environment = { OPENAI_API_KEY: 'sk-secret-0123456789' };
  return { base, doctor: (...args) => runCli(['doctor', '--workspace', 'work', ...args], { base, environment }) };
}

test('the checklist for people, programs and pipelines; what is open counts where that is wanted', async () => {
  const { doctor } = await place('max_iterations: 100\n');
  const shown = await doctor();
  expect(shown.stdout).toMatch(/^ok {4}policy: valid/m); // what it always said
  expect(shown.stdout).toMatch(/^Security checklist: \d+ of \d+ as they should be; \d+ open\.$/m);
  expect(shown.stdout).toMatch(
    /^OPEN {2}max-iterations: At most 25 turns in one go\. It stops after 100 turns\. Set max_iterations: 25/m,
  );
  expect(shown.stdout).toMatch(/^OPEN {2}keys: .*`OPENAI_API_KEY` holds one\./m);
  expect(shown.stdout).toMatch(/^ok {4}timeout: /m);

  const objects = (await doctor('--json')).stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { format: string; id?: string });
  const items = objects.filter(({ format }) => format === 'oversign.check-item/1');
  expect(items.map(({ id }) => id)).toEqual(CHECKS.map(({ id }) => id));
  for (const item of items)
    expect(item).toMatchObject({
      state: expect.stringMatching(/^(pass|advice|fail|unknown)$/) as string,
      evidence: expect.any(Array) as unknown[],
    });
  expect(objects.some(({ format }) => format === 'oversign.check/1')).toBe(true);

  const sarif = await doctor('--sarif', '--strict');
  const { version, runs } = JSON.parse(sarif.stdout) as {
    version: string;
    runs: { results: { ruleId: string; level: string }[] }[];
  };
  expect(version).toBe('2.1.0');
  const open = runs[0]?.results.filter(({ level }) => level === 'error').map(({ ruleId }) => ruleId) ?? [];
  expect(open).toContain('max-iterations');
  expect(open).not.toContain('timeout');
  expect(sarif.code).toBe(1);
  expect(shown.stdout + sarif.stdout).not.toContain('sk-secret');
});

test('under a policy that is not valid it says so, and nothing that rests on it passes', async () => {
  const { base, doctor } = await place('max_iterations: much\n');
  const broken = await doctor();
  expect(broken.code).toBe(78);
  expect(broken.stdout).toMatch(/^OPEN {2}max-iterations: .*The policy is not valid/m);
  mkdirSync(join(base, 'work/.oversign'));
  writeFileSync(join(base, 'config/oversign/policy.yaml'), 'max_iterations: 20\n');
  expect((await doctor()).stdout).toMatch(/^ok {4}max-iterations: /m); // the control
});
