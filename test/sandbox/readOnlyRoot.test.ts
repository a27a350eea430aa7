import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { SandboxResult } from '../../src/core/sandbox/port.ts';
import type { ChildJob } from '../support/sandboxChild.ts';
import { makeRepository } from '../support/repository.ts';
import { caged } from '../support/sandboxRun.ts';
import { plant, temporaryFolder } from '../support/tree.ts';

const CHILD = join(import.meta.dirname, '../support/sandboxChild.ts');
const isRoot = process.getuid?.() === 0;

/** Runs commands in a workspace of which some folders are mounted read-only, for that process alone. */
async function mountedReadOnly(folders: readonly string[], commands: string[]): Promise<SandboxResult[]> {
  const base = await temporaryFolder();
  await plant(base, { 'work/a.txt': 'a\n', 'work/sub/b.txt': 'b\n' });
  makeRepository(join(base, 'work'));
  writeFileSync(join(base, 'job.json'), JSON.stringify({ base, commands } satisfies ChildJob));
  const mounts = folders
    .map((name) => join(base, name))
    .map((at) => `mount --bind ${at} ${at} && mount -o remount,bind,ro ${at}`);
  const line = [...mounts, `exec "$0" ${CHILD} ${join(base, 'job.json')}`].join(' && ');
  const { stdout, stderr } = spawnSync('unshare', [isRoot ? '-m' : '-rm', 'sh', '-c', line, process.execPath], {
    encoding: 'utf8',
  });
  expect(readdirSync(join(base, 'work')).sort(), stderr).toEqual(['.git', 'a.txt', 'sub']);
  return JSON.parse(stdout) as SandboxResult[];
}

test('in a workspace that is mounted read-only, commands run: there is nothing to cover', async () => {
  const [looked, wrote] = await mountedReadOnly(
    ['work'],
    ['cat a.txt; git log --format=%s', 'echo x > new; mkdir .vscode'],
  );
  expect(looked).toMatchObject({ ending: { kind: 'exited', code: 0 }, output: 'a\nfirst\n', quarantined: [] });
  expect(wrote).toMatchObject({ ending: { kind: 'exited', code: 1 }, quarantined: [] });
  expect(wrote?.output).toMatch(/Read-only file system/);
});

test('so they do where only the repository is', async () => {
  const [result] = await mountedReadOnly(['work/.git'], ['cat a.txt; mkdir .vscode; echo evil > .git/commondir']);
  expect(result?.output).toMatch(/^a\n/);
  expect(result?.output).toMatch(/\.vscode.*File exists/);
  expect(result?.output).toMatch(/commondir: Read-only file system/);
});

test.skipIf(isRoot)('where a command could open what is closed, it is a sentence that ends the call', async () => {
  const cage = await caged(await temporaryFolder());
  mkdirSync(join(cage.folder, 'x'));
  chmodSync(cage.folder, 0o555);
  await expect(cage.run('true')).rejects.toThrow(
    /no command runs: .* is protected and cannot be covered while one does/,
  );
  chmodSync(cage.folder, 0o755);
});

test('where there is no room for what covers, that is what is said', async () => {
  const base = await temporaryFolder();
  await plant(base, { 'work/.keep': '', 'job.json': JSON.stringify({ base, commands: ['true'] } satisfies ChildJob) });
  const work = join(base, 'work');
  const line = [
    `mount -t tmpfs -o nr_inodes=3 none ${work} && echo a > ${work}/a.txt`,
    `exec "$0" ${CHILD} ${join(base, 'job.json')}`,
  ].join(' && ');
  const { stderr } = spawnSync('unshare', [isRoot ? '-m' : '-rm', 'sh', '-c', line, process.execPath], {
    encoding: 'utf8',
  });
  expect(stderr).toMatch(
    /cannot be covered while one does \(ENOSPC\)\. There is no room for it: free some space where/,
  );
});
