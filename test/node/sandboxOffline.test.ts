import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runCli } from '../support/cli.ts';
import { plant, temporaryFolder } from '../support/tree.ts';

test('a person’s own command that would remove what cannot be fetched is told first; --yes runs it', async () => {
  const base = await temporaryFolder();
  await plant(base, { 'home/.keep': '', 'work/package.json': '{}', 'work/node_modules/a/index.js': '' });
  const modules = join(base, 'work/node_modules');
  const sandbox = (...words: string[]): ReturnType<typeof runCli> =>
    runCli(['sandbox', '--workspace', 'work', ...words], { base });
  const told = await sandbox('--', '/bin/bash', '-c', 'rm -rf node_modules && npm ci');
  expect([told.code, told.stdout]).toEqual([125, '']);
  expect(told.stderr).toMatch(/removes .* first, and only the network can bring it back.*nothing was run \(--yes/);
  expect(existsSync(modules)).toBe(true);
  const run = await sandbox('--yes', '--', '/bin/bash', '-c', 'rm -rf node_modules; false && npm ci');
  expect(run.code).toBe(1);
  expect(existsSync(modules)).toBe(false);
});
