import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { attempt } from '../support/attempt.ts';
import { git, makeRepository } from '../support/repository.ts';
import { plant } from '../support/tree.ts';
import { workbench, type Workbench } from '../support/workbench.ts';

const told = (bench: Workbench, ...commands: string[]): Promise<{ outcome: string; text: string }[]> =>
  attempt(
    bench,
    commands.map((command) => ({ name: 'run_command', args: { command } })),
  );

/** The workspace becomes a work tree of a repository beside it. */
async function worktree(): Promise<Workbench> {
  const bench = await workbench();
  const main = join(dirname(bench.folder), 'main');
  await plant(main, { 'README.md': 'hello\n', 'a.txt': '1\n' });
  makeRepository(main);
  git(main, 'worktree', 'add', '-q', '-b', 'side', '../made');
  writeFileSync(join(bench.folder, '.git'), readFileSync(join(main, '../made/.git')));
  writeFileSync(join(main, '.git/worktrees/made/gitdir'), `${bench.folder}/.git\n`);
  git(bench.folder, 'checkout', '-q', '--', '.');
  return bench;
}

/** The workspace becomes a repository with a submodule, whose own repository is in `.git/modules`. */
async function superproject(): Promise<Workbench> {
  const bench = await workbench();
  const origin = join(dirname(bench.folder), 'origin');
  await plant(origin, { 'a.txt': '1\n' });
  makeRepository(origin);
  git(bench.folder, 'init', '-q', '-b', 'main');
  git(bench.folder, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', origin, 'sub');
  git(bench.folder, 'commit', '-qam', 'first');
  return bench;
}

test('what writes in the repository of a work tree is refused before anybody is asked; looking works', async () => {
  const bench = await worktree();
  writeFileSync(join(bench.folder, 'a.txt'), '2\n');
  const writes = ['git commit -qam x', 'git add -A', 'echo 3 > a.txt && git -C . stash', 'git checkout -- a.txt'];
  for (const { outcome, text } of await told(bench, ...writes)) {
    expect(outcome).not.toBe('done');
    expect(text).toMatch(
      /^Not done: git .* would fail: the repository of this folder is kept elsewhere, and is read-only/,
    );
  }
  expect(bench.asked).toEqual([]);
  const looks = await told(bench, 'git status --short', 'git stash list', 'git diff --stat', 'git log --format=%s');
  expect(looks.map(({ outcome }) => outcome)).toEqual(['done', 'done', 'done', 'done']);
  expect(looks[0]?.text).toContain(' M a.txt');
  expect(looks[3]?.text).toContain('first');
  // What commands see of it stands on the card of any command.
  await told(bench, 'touch b.txt');
  expect(JSON.stringify(bench.asked.at(-1)?.card)).toContain('is there read-only: git can look but not commit');
  expect(existsSync(join(bench.folder, 'b.txt'))).toBe(true);
});

test('the same of a submodule; the repository that holds it commits', async () => {
  const bench = await superproject();
  writeFileSync(join(bench.folder, 'sub/a.txt'), '2\n');
  writeFileSync(join(bench.folder, 'top.txt'), 'top\n');
  const [look, inSub, byOption] = await told(
    bench,
    'cd sub && git status --short',
    'cd sub && git commit -qam x',
    'git -C sub add a.txt',
  );
  expect(look?.text).toContain(' M a.txt');
  for (const { outcome, text } of [inSub, byOption].flatMap((one) => one ?? [])) {
    expect(outcome).not.toBe('done');
    expect(text).toMatch(/the repository of sub is kept elsewhere/);
  }
  expect(bench.asked).toEqual([]);
  const [top] = await told(bench, 'git add top.txt && git -c user.name=t -c user.email=t@x.org commit -qm second');
  expect(top?.outcome).toBe('done');
  expect(git(bench.folder, 'log', '--format=%s')).toBe('second\nfirst\n');
});

test('a folder without a repository may be given one', async () => {
  const bench = await workbench();
  const [made] = await told(
    bench,
    'git init -q -b main . && git add README.md && git -c user.name=t -c user.email=t@x.org commit -qm first',
  );
  expect(made?.text).not.toMatch(/would fail/);
});
