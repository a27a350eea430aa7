import { execFileSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Random } from './logWorldRandom.ts';
import { git, makeRepository } from './repository.ts';
import type { UndoCall } from './undoCalls.ts';

/** Files that branches differ in, and so meet in a merge. */
const MET = ['one.txt', 'two.txt', 'sub/three.txt'];
const BRANCHES = ['main', 'side', 'far/away'];

/** A repository with three branches that meet in each file, a tag, and something staged. */
export function plantRepository(work: string): void {
  execFileSync('mkdir', ['-p', join(work, 'sub')]);
  const write = (text: string): void => {
    for (const name of MET) writeFileSync(join(work, name), `${text} ${name}\n`);
  };
  write('first');
  makeRepository(work);
  for (const branch of ['side', 'far/away']) {
    git(work, 'checkout', '-qb', branch, 'main');
    for (const round of ['early', 'late']) {
      write(`${branch} ${round}`);
      writeFileSync(join(work, `${branch.replace('/', '-')}-${round}`), 'of the branch alone\n');
      git(work, 'add', '-A');
      git(work, 'commit', '-qm', `${branch} ${round}`);
    }
  }
  git(work, 'checkout', '-q', 'main');
  git(work, 'tag', '-a', 'v1', '-m', 'v1');
  write('second');
  git(work, 'commit', '-qam', 'second');
  writeFileSync(join(work, 'staged.txt'), 'staged\n');
  git(work, 'add', 'staged.txt');
}

/** Where it stands, a line for each thing: what undo brings back, or names. */
export function gitState(work: string): Record<string, string> {
  const refs = git(work, 'for-each-ref', '--format=%(refname) %(objectname)').split('\n');
  const state: Record<string, string> = {
    '.git/HEAD': execFileSync('cat', ['.git/HEAD'], { cwd: work, encoding: 'utf8' }),
    '.git/index': git(work, 'ls-files', '-s'),
    '.git/logs/refs/stash': git(work, 'stash', 'list', '--format=%H'),
  };
  for (const line of refs) if (line !== '') state[`.git/${line.split(' ')[0] ?? ''}`] = line;
  for (const name of readdirSync(join(work, '.git')))
    if (/^(?:(?:MERGE|CHERRY_PICK|REVERT|REBASE)_HEAD|rebase-merge|rebase-apply|sequencer|.*\.lock)$/.test(name))
      state[`.git/${name}`] = 'there';
  return state;
}

/** A call that does something with git, most of them without success: then nothing may have changed, or half of it. */
export function undoGitCall(random: Random): UndoCall {
  const line = random.pick(LINES)(random.pick(BRANCHES), random.pick(MET), random);
  const own = '-c user.name=n -c user.email=e@example.com -c commit.gpgsign=false -c advice.detachedHead=false';
  return { name: 'run_command', args: { command: line.replaceAll('git ', `git ${own} `) } };
}

type Line = (branch: string, file: string, random: Random) => string;

const LINES: readonly Line[] = [
  (_, file, random) => `echo ${random.int(0, 999)} > ${file}; git commit -qam changed`,
  (_, file, random) => `echo ${random.int(0, 999)} >> ${file}; git add -A`,
  (_, file, random) => `echo ${random.int(0, 999)} > ${file}`,
  (branch) => `git checkout -q ${branch}`,
  (branch) => `git checkout -q -f ${branch}`,
  (branch) => `git checkout -q --detach ${branch}`,
  (_, __, random) => `git branch new${random.int(0, 5)}; git branch -qD new${random.int(0, 5)}`,
  (branch) => `git branch -qD ${branch}`,
  (branch) => `git branch -m ${branch} renamed`,
  (branch) => `git reset -q --hard ${branch}`,
  (branch) => `git reset -q ${branch}`,
  () => 'git stash -q -u',
  () => 'git stash -q; git stash pop -q',
  () => 'git stash drop -q',
  (branch) => `git merge -q --no-edit ${branch}`,
  (branch) => `git merge -q --no-commit --no-ff -X theirs ${branch}`,
  () => 'git merge --abort',
  (branch) => `git rebase -q ${branch}`,
  (branch) => `git rebase -q --apply ${branch}`,
  () => 'git rebase --abort',
  () => 'git rebase --skip',
  (branch) => `git cherry-pick ${branch}~2..${branch}`,
  () => 'git cherry-pick --abort',
  () => 'git revert --no-edit HEAD~1..HEAD',
  () => 'git commit -q --amend -m amended',
  () => 'git pack-refs --all',
  (_, file) => `git rm -q --cached ${file}`,
  () => 'git tag -f v1 HEAD; git tag -d v1; git tag v2',
  () => 'git clean -qfd',
];
