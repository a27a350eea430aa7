import { readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { DryRun } from '../../src/core/sandbox/port.ts';
import { git, makeRepository } from '../support/repository.ts';
import { caged, type Caged } from '../support/sandboxRun.ts';
import { plant, temporaryFolder } from '../support/tree.ts';

// Editors run `git status` all the time, and it writes: that must not make "Apply" refuse.

const OPEN = new AbortController().signal;

async function scene(): Promise<{
  cage: Caged;
  dry: (line: string) => Promise<DryRun>;
  below: (run: DryRun) => Promise<string[]>;
}> {
  const cage = await caged(await temporaryFolder());
  await plant(cage.folder, { 'a.txt': 'one\n', 'b.txt': 'two\n' });
  makeRepository(cage.folder);
  // The index does not know these times: the next look at it writes them down.
  utimesSync(join(cage.folder, 'a.txt'), 1_500_000_000, 1_500_000_000);
  const dry = async (line: string): Promise<DryRun> => {
    const spec = await cage.spec(['/bin/bash', '-c', line]);
    return cage.sandbox.dryRuns.run({ ...spec, view: { kind: 'copy-on-write' } }, OPEN);
  };
  const below = async (run: DryRun): Promise<string[]> =>
    (await run.changedUnderneath()).map((path) => path.slice(cage.folder.length + 1));
  return { cage, dry, below };
}

test('a look of git’s at the workspace is no change under what was shown, and what was shown is applied', async () => {
  const { cage, dry, below } = await scene();
  const run = await dry('echo new > new.txt');
  const index = readFileSync(join(cage.folder, '.git/index'));
  git(cage.folder, 'status');
  expect(readFileSync(join(cage.folder, '.git/index')).equals(index)).toBe(false); // the control: it wrote
  writeFileSync(join(cage.folder, '.git/FETCH_HEAD'), '');
  writeFileSync(join(cage.folder, '.git/index.lock'), '');
  expect(await below(run)).toEqual([]);
  const { ending } = await run.apply(await cage.spec(['/bin/true']), OPEN);
  expect(ending).toEqual({ kind: 'exited', code: 0 });
  expect(readFileSync(join(cage.folder, 'new.txt'), 'utf8')).toBe('new\n');
  await run.dispose();
});

test('what a person does with git is one: staging, committing, and what stands beside', async () => {
  const { cage, dry, below } = await scene();
  const staged = await dry('echo new > new.txt');
  writeFileSync(join(cage.folder, 'mine.txt'), 'mine\n');
  git(cage.folder, 'add', 'mine.txt');
  expect(await below(staged)).toEqual(expect.arrayContaining(['.git/index', 'mine.txt']));
  await staged.dispose();
  const committed = await dry('echo new > new.txt');
  git(cage.folder, 'commit', '-qm', 'two');
  expect(await below(committed)).toEqual(expect.arrayContaining(['.git/refs/heads/main']));
  await committed.dispose();
  const hidden = await dry('echo new > new.txt');
  writeFileSync(join(cage.folder, 'index.lock'), ''); // a file of that name that is none of git's
  writeFileSync(join(cage.folder, 'FETCH_HEAD'), '');
  expect(await below(hidden)).toEqual(['FETCH_HEAD', 'index.lock']);
  await hidden.dispose();
});

test('of a repository that the command itself changed in its view, every look counts', async () => {
  const { cage, dry, below } = await scene();
  const run = await dry('git add -A; git -c user.name=n -c user.email=e@example.com commit -qm two --allow-empty');
  expect(run.changes.some(({ path }) => path.includes('/.git/'))).toBe(true); // or this says nothing
  git(cage.folder, 'status');
  expect(await below(run)).toEqual(['.git/index']);
  await run.dispose();
});
