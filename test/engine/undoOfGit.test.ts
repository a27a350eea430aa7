import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { turnsOf, type ActionNode } from '../../src/core/audit/tree.ts';
import { treeState } from '../support/treeState.ts';
import { workbench, type Workbench, type WorkbenchOptions } from '../support/workbench.ts';

const FREE = 'sandbox: false\n';

function git(folder: string, ...args: string[]): string {
  const identity = ['-c', 'user.name=n', '-c', 'user.email=e@example.com', '-c', 'commit.gpgsign=false'];
  return execFileSync('git', ['-C', folder, ...identity, ...args], { encoding: 'utf8', stdio: 'pipe' }).trim();
}

/** Two branches that differ, a tag, a stash, something staged and something that is not. */
function repository(folder: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'a.txt'), 'one\n');
  writeFileSync(join(folder, 'b.txt'), 'two\n');
  git(folder, 'init', '-q', '-b', 'main');
  git(folder, 'add', '-A');
  git(folder, 'commit', '-qm', 'one');
  git(folder, 'checkout', '-qb', 'side/way');
  writeFileSync(join(folder, 'side.txt'), 'side\n');
  git(folder, 'add', '-A');
  git(folder, 'commit', '-qm', 'side');
  git(folder, 'tag', '-a', 'v1', '-m', 'v1');
  git(folder, 'checkout', '-q', 'main');
  writeFileSync(join(folder, 'a.txt'), 'one, stashed\n');
  git(folder, 'stash', '-q');
  writeFileSync(join(folder, 'c.txt'), 'staged\n');
  git(folder, 'add', 'c.txt');
  writeFileSync(join(folder, 'b.txt'), 'two, not staged\n');
}

/** All that git itself says of where a repository stands. In one shell: starting git is what takes the time. */
function standing(folder: string): string {
  const looks = ['git for-each-ref', 'git ls-files -s', 'git status --porcelain=v2 --branch', 'git stash list'];
  return execFileSync('bash', ['-c', `cat .git/HEAD; ${looks.join('; ')}`], { cwd: folder, encoding: 'utf8' });
}

/** What of `.git` makes git run something, byte for byte. */
function controls(folder: string): Record<string, string> {
  const all = treeState(join(folder, '.git'), []);
  return Object.fromEntries(Object.entries(all).filter(([path]) => /^(hooks|config|info)/.test(path)));
}

async function ran(bench: Workbench, ...commands: string[]): Promise<{ run: string; actions: ActionNode[] }> {
  const calls = commands.map((command) => ({ name: 'run_command', args: { command } }));
  const events = await bench.run([{ calls }]);
  return { run: bench.engine.view().run?.id ?? '', actions: turnsOf(events).flatMap(({ actions }) => actions) };
}

async function scene(options: WorkbenchOptions = {}): Promise<Workbench> {
  const bench = await workbench({ userPolicy: FREE, ...options });
  repository(bench.folder);
  return bench;
}

const COMMANDS: [what: string, command: string][] = [
  ['a commit', 'git commit -qam two'],
  ['an amended commit', 'git commit -q --amend -m other'],
  ['reset --hard', 'git reset -q --hard HEAD; git reset -q --hard side/way'],
  ['a checkout', 'git stash -q; git checkout -q side/way; echo x > side.txt'],
  ['a commit that no branch has', 'git checkout -q --detach; git commit -qam detached'],
  ['branches that go and come', 'git branch -D side/way -q; git branch side; git tag -d v1 > /dev/null; git tag v2'],
  ['a branch that is renamed', 'git branch -m main trunk'],
  ['a merge', 'git commit -qam two; git merge -q --no-edit side/way'],
  [
    'a merge that stops half way',
    'git commit -qam t; git checkout -q side/way; echo z > b.txt; git commit -qam z; git merge -q main || true',
  ],
  ['a rebase', 'git commit -qam two; git rebase -q side/way'],
  ['a stash', 'git stash -q -u; git stash -q pop; git stash -q'],
  ['stashes that are dropped', 'git stash -q drop; git stash -q'],
  [
    'all branches packed, then one taken away',
    'git pack-refs --all; git branch -D side/way -q; git tag -d v1 > /dev/null',
  ],
  ['only the index', 'git add b.txt; git rm -q --cached a.txt'],
];

test('what git commands do comes back as git itself says it, and undo of the undo; hooks and configuration stay', async () => {
  const bench = await workbench({ userPolicy: FREE });
  // A repository for each, in one workspace, and one command that goes through them all.
  const folders = COMMANDS.map((_, at) => join(bench.folder, `r${at}`));
  repository(join(bench.folder, '..', 'template'));
  for (const folder of folders) cpSync(join(bench.folder, '..', 'template'), folder, { recursive: true });
  const all = <T>(of: (folder: string) => T): Record<string, T> =>
    Object.fromEntries(COMMANDS.map(([what], at) => [what, of(folders[at] ?? '')]));
  const [before, files, kept] = [all(standing), all(treeState), all(controls)];
  const names = ['GIT_AUTHOR_NAME=n', 'GIT_AUTHOR_EMAIL=e', 'GIT_COMMITTER_NAME=n', 'GIT_COMMITTER_EMAIL=e'];
  const lines = COMMANDS.map(([, command], at) => `(cd r${at} && { ${command}; } )`);
  const { run, actions } = await ran(bench, `export ${names.join(' ')}\n${lines.join('\n')}`);
  const after = all(standing);
  for (const [what] of COMMANDS) expect(after[what], what).not.toEqual(before[what]);
  expect(bench.asked.at(-1)?.undo).not.toMatch(/`r\d+\/\.git`/);
  const result = await bench.engine.revert({ run, action: actions[0]?.id ?? '' });
  expect(result.text).toBe('Reverted.');
  expect(all(standing)).toEqual(before);
  for (const folder of folders) git(folder, 'fsck', '--connectivity-only');
  expect(all(treeState)).toEqual(files);
  expect(all(controls)).toEqual(kept);
  const [own] = await bench.node.audit.runs(1);
  const [reverted] = turnsOf(await bench.node.audit.events(own?.run ?? '')).flatMap((turn) => turn.actions);
  const again = await bench.engine.revert({ run: own?.run ?? '', action: reverted?.id ?? '' });
  expect(again.text).toBe('Reverted.');
  expect(all(standing)).toEqual(after);
  expect(all(controls)).toEqual(kept);
}, 240_000);

test('in the sandbox the card promises it, and says no more of .git; the promise is kept', async () => {
  const bench = await scene({ userPolicy: '' });
  const before = standing(bench.folder);
  const files = treeState(bench.folder);
  const { run } = await ran(
    bench,
    `git -c user.name=n -c user.email=e commit -qam two; git branch -D side/way; git stash -q drop`,
  );
  expect(bench.asked[0]).toMatchObject({
    undoState: 'whole',
    undo: 'Can be undone: puts back what it changes in the workspace, and where git stood.',
  });
  expect(standing(bench.folder)).not.toEqual(before);
  expect(await bench.engine.revertRun(run)).toMatchObject({ status: 'done', text: 'Reverted.' });
  expect(standing(bench.folder)).toEqual(before);
  expect(treeState(bench.folder)).toEqual(files);
  const words = JSON.stringify(bench.asked.at(-1)?.card.blocks);
  expect(words).toContain('Puts branch side/way of ');
  expect(words).toMatch(/Puts branch main of .*: from [0-9a-f]{10} to [0-9a-f]{10}/);
});

test('what would not come back is named on the card, and what git has pruned is said when it is reverted', async () => {
  const bench = await scene();
  const lost = git(bench.folder, 'rev-parse', 'side/way');
  const { run } = await ran(
    bench,
    'git branch -D side/way -q; git tag -d v1 > /dev/null; git reflog expire --expire=now --all; git gc -q --prune=now',
  );
  for (const words of ['the history of git’s references', 'commits that git takes away'])
    expect(bench.asked[0]?.undo).toContain(words);
  const result = await bench.engine.revertRun(run);
  expect(JSON.stringify(bench.asked.at(-1)?.card.blocks)).toContain('whose commits git has taken away');
  expect(result.text).toContain('Reverted');
  expect(git(bench.folder, 'branch', '--list', 'side/way')).toBe('');
  expect(() => git(bench.folder, 'cat-file', '-e', lost)).toThrow();
});

test('a branch that the person moved since is replaced only with that in sight, and theirs beside it stays', async () => {
  const bench = await scene();
  const { run } = await ran(bench, 'git -c user.name=n -c user.email=e commit -qam agent; git branch agent');
  writeFileSync(join(bench.folder, 'mine.txt'), 'mine\n');
  git(bench.folder, 'add', 'mine.txt');
  git(bench.folder, 'commit', '-qm', 'mine');
  git(bench.folder, 'branch', 'mine');
  git(bench.folder, 'pack-refs', '--all');
  const mine = git(bench.folder, 'rev-parse', 'main');
  await bench.engine.revertRun(run);
  const words = JSON.stringify(bench.asked.at(-1)?.card.blocks);
  expect(words).toMatch(new RegExp(`Puts branch main of .*: from ${mine.slice(0, 10)} to `));
  expect(words).toMatch(/refs\/heads\/main.{0,40} was changed since/);
  expect(git(bench.folder, 'rev-parse', 'main^{commit}')).not.toBe(mine);
  expect(git(bench.folder, 'for-each-ref', '--format=%(refname:short)', 'refs/heads').split('\n').sort()).toEqual([
    'main',
    'mine',
    'side/way',
  ]);
  expect(git(bench.folder, 'rev-parse', 'mine')).toBe(mine);
});

test('a rebase that a command left half done is ended with it, as the card says; one that was there before is named', async () => {
  const bench = await scene();
  const [before, files] = [standing(bench.folder), treeState(bench.folder)];
  const own = 'git -c user.name=n -c user.email=e';
  const clash = `${own} commit -qam two; git checkout -q side/way; echo z > b.txt; ${own} commit -qam z`;
  const state = join(bench.folder, '.git/rebase-merge');
  const { run } = await ran(bench, `${clash}; ${own} rebase -q main`);
  expect(existsSync(state)).toBe(true); // or this says nothing
  expect(await bench.engine.revertRun(run)).toMatchObject({ status: 'done', text: 'Reverted.' });
  expect(shown(bench)).toContain('Ends the rebase that is going on in ');
  expect([existsSync(state), standing(bench.folder), treeState(bench.folder)]).toEqual([false, before, files]);
  expect(git(bench.folder, 'status')).not.toContain('rebase in progress');
  const [revert] = await bench.node.audit.runs(1);
  await bench.engine.revertRun(revert?.run ?? '');
  expect(shown(bench)).toMatch(/Does not come back.*rebase-merge/);
  await bench.engine.revertRun((await bench.node.audit.runs(1))[0]?.run ?? '');
  expect(standing(bench.folder)).toEqual(before);

  execFileSync('bash', ['-c', `${clash}; ${own} rebase -q main || true`], { cwd: bench.folder, stdio: 'ignore' });
  expect(existsSync(state)).toBe(true);
  const ended = await ran(bench, 'git rebase --abort');
  expect(bench.asked.at(-1)?.undo).toContain('rebase');
  expect(existsSync(state)).toBe(false);
  expect((await bench.engine.revertRun(ended.run)).text).toContain('Reverted');
  expect(shown(bench)).toMatch(/Does not come back.*rebase-merge/);
  expect(existsSync(state)).toBe(false);
}, 240_000);

function shown(bench: Workbench): string {
  return JSON.stringify(bench.asked.at(-1)?.card.blocks);
}
