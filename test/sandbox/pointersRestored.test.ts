import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { removeUnfinished, unfinishedName } from '../../src/node/sandbox/unfinished.ts';
import { git, makeRepository } from '../support/repository.ts';
import { caged } from '../support/sandboxRun.ts';
import { plant, temporaryFolder } from '../support/tree.ts';

const source = (name: string): string => JSON.stringify(join(import.meta.dirname, '../../src/node/sandbox', name));

/** Puts a branch back that was moved; `kills`: the process ends in the moment before it is in its place again. */
function child(gitFolder: string, kept: string, kills: boolean): NodeJS.Signals | null {
  const script = `
    import fs from 'node:fs';
    import { syncBuiltinESMExports } from 'node:module';
    import { pointersIn } from ${source('commitPointers.ts')};
    import { restorePointers } from ${source('restoredPointers.ts')};
    const folder = ${JSON.stringify(gitFolder)};
    const before = await pointersIn(folder);
    fs.writeFileSync(folder + '/refs/heads/main', '1'.repeat(40) + '\\n');
    if (${kills}) { fs.renameSync = () => process.kill(process.pid, 'SIGKILL'); syncBuiltinESMExports(); }
    if (!(await restorePointers(folder, before, ${JSON.stringify(kept)}))) throw new Error('not put back');
  `;
  const { signal, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', script]);
  if (signal === null && status !== 0) throw new Error(String(stderr));
  return signal;
}

test('a process that is killed as it puts a branch back leaves no other branch, and the next command clears up', async () => {
  const cage = await caged(await temporaryFolder());
  await plant(cage.folder, { 'a.txt': 'a\n' });
  makeRepository(cage.folder);
  const [gitFolder, kept] = [join(cage.folder, '.git'), await temporaryFolder()];
  const before = readdirSync(gitFolder);
  expect(child(gitFolder, kept, false)).toBe(null); // the control
  expect(git(cage.folder, 'status', '--porcelain')).toBe('');

  expect(child(gitFolder, kept, true)).toBe('SIGKILL');
  expect(readdirSync(join(gitFolder, 'refs/heads'))).toEqual(['main']);
  expect(readdirSync(gitFolder)).toHaveLength(before.length + 1);
  const own = unfinishedName();
  writeFileSync(join(gitFolder, own), ''); // of a process that lives
  await cage.run('true');
  expect(readdirSync(gitFolder).sort()).toEqual([...before, own].sort());
});

test('what is no such file, or a folder of that name, stays', async () => {
  const folder = await temporaryFolder();
  const dead = unfinishedName().replace(/\.\d+\./, '.999999999.');
  mkdirSync(join(folder, dead));
  writeFileSync(join(folder, `${dead}.x`), '');
  removeUnfinished(folder);
  expect(readdirSync(folder)).toHaveLength(2);
});

test('index and branches are put back with the modes that they had', async () => {
  const cage = await caged(await temporaryFolder());
  await plant(cage.folder, { 'a.txt': 'a\n' });
  makeRepository(cage.folder);
  const modes: Record<string, number> = { index: 0o600, 'refs/heads/main': 0o664 };
  for (const [name, mode] of Object.entries(modes)) chmodSync(join(cage.folder, '.git', name), mode);
  const made = await cage.run(
    'echo evil > .envrc.txt; git update-index --add --cacheinfo 100644,$(git hash-object -w .envrc.txt),.envrc; git -c user.name=t -c user.email=t@e commit -qm x',
  );
  expect(made.quarantined.join('\n')).toContain('were put back as they were before');
  for (const [name, mode] of Object.entries(modes))
    expect(statSync(join(cage.folder, '.git', name)).mode & 0o777, name).toBe(mode);
});
