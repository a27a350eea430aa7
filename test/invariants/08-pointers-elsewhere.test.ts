import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { git, makeRepository } from '../support/repository.ts';
import { caged } from '../support/sandboxRun.ts';
import { plant, temporaryFolder } from '../support/tree.ts';

// A commit with a protected file, and what leads the person's next everyday command to it.

const SOMEBODY = {
  GIT_AUTHOR_NAME: 't',
  GIT_AUTHOR_EMAIL: 't@e',
  GIT_COMMITTER_NAME: 't',
  GIT_COMMITTER_EMAIL: 't@e',
  GIT_EDITOR: 'true',
};
const AS_SOMEBODY = Object.entries(SOMEBODY)
  .map(([name, value]) => `export ${name}=${value}`)
  .join('; ');
const EVIL = `evil=$(git update-index --add --cacheinfo 100644,$(echo evil | git hash-object -w --stdin),.envrc; git commit-tree -m x -p HEAD $(git write-tree)); git update-index --force-remove .envrc`;
const SELF = 'h=$(git rev-parse HEAD)';
const MOVED = 't <t@e> 1700000000 +0000\tcheckout: moving from';

const WAYS: [name: string, command: string, next: string][] = [
  ['a digest in capitals', 'echo ${evil^^} > .git/refs/heads/main', 'reset -q --hard'],
  [
    'capitals in the list of references',
    `echo "\${evil^^} refs/heads/main" > .git/packed-refs; rm .git/refs/heads/main`,
    'reset -q --hard',
  ],
  [
    'a commit on the way that the next one undoes',
    `git update-ref refs/heads/main $(git commit-tree -m y -p $evil HEAD^{tree})`,
    'checkout -q HEAD~1',
  ],
  ['ORIG_HEAD', 'echo $evil > .git/ORIG_HEAD', 'reset -q --hard ORIG_HEAD'],
  ['what was fetched', `printf "$evil\\t\\tbranch 'main' of .\\n" > .git/FETCH_HEAD`, 'reset -q --hard FETCH_HEAD'],
  [
    'a branch’s name below the repository',
    'mkdir .git/origin; echo $evil > .git/origin/main',
    'reset -q --hard origin/main',
  ],
  ['a branch’s longer name', 'mkdir .git/heads; echo $evil > .git/heads/main', 'reset -q --hard heads/main'],
  [
    'a cherry-pick to abort',
    `mkdir .git/sequencer; echo $evil | tee .git/sequencer/head .git/CHERRY_PICK_HEAD; git rev-parse HEAD > .git/sequencer/abort-safety; echo "pick $evil x" > .git/sequencer/todo`,
    'cherry-pick --abort',
  ],
  ['a bisection to end', 'echo $evil > .git/BISECT_START; touch .git/BISECT_{LOG,NAMES,TERMS}', 'bisect reset'],
  ['where HEAD was', `${SELF}; echo "$h $h ${MOVED} $evil to main" >> .git/logs/HEAD`, 'checkout -q -'],
  ['where HEAD was for a moment', 'git update-ref HEAD $evil; git update-ref HEAD HEAD~1', 'reset -q --hard HEAD@{1}'],
  [
    'the same beside an object that ends every look through the history',
    'git update-ref HEAD $evil; git update-ref HEAD HEAD~1; mkdir -p .git/objects/12; echo junk > .git/objects/12/34567890123456789012345678901234567890; echo 1234567890123456789012345678901234567890 > .git/ORIG_HEAD',
    'reset -q --hard HEAD@{1}',
  ],
];

async function left(how: 'in the cage' | 'without one', [, command, next]: (typeof WAYS)[number]): Promise<boolean> {
  const cage = await caged(await temporaryFolder());
  await plant(cage.folder, { 'a.txt': 'a\n' });
  makeRepository(cage.folder);
  git(cage.folder, 'update-ref', 'refs/remotes/origin/main', 'HEAD');
  const line = `${AS_SOMEBODY}; ${EVIL}; ${command} && echo did it`;
  if (how === 'without one') execFileSync('bash', ['-c', line], { cwd: cage.folder });
  else {
    const result = await cage.run(line);
    expect(result.output).toContain('did it');
    expect(result.quarantined.join('\n')).toMatch(/the command staged, committed or stashed it.* were put back/);
  }
  try {
    const env = { ...process.env, ...SOMEBODY };
    execFileSync('git', next.split(' '), { cwd: cage.folder, stdio: 'ignore', env });
  } catch {
    // There is nothing of that kind any more.
  }
  return existsSync(join(cage.folder, '.envrc'));
}

test.each(WAYS)('a protected file does not arrive by %s', async (...way) => {
  expect(await left('without one', way)).toBe(true); // the control
  expect(await left('in the cage', way)).toBe(false);
});

test('a commit that cannot be looked through in time is put back', { timeout: 60_000 }, async () => {
  const cage = await caged(await temporaryFolder());
  await plant(cage.folder, { 'a.txt': 'a\n' });
  makeRepository(cage.folder);
  const before = git(cage.folder, 'rev-parse', 'main');
  const level = `tree=$(for j in $(seq 12); do printf '040000 tree %s\\td%s\\n' $tree $j; done | git mktree)`;
  const result = await cage.run(
    `${AS_SOMEBODY}; ${EVIL}; tree=$(git rev-parse HEAD^{tree}); for i in 1 2 3 4 5 6 7; do ${level}; done; tree=$(printf '100644 blob %s\\t.envrc\\n040000 tree %s\\tzz\\n' $(git rev-parse $evil:.envrc) $tree | git mktree); git update-ref refs/heads/main $(git commit-tree -m y $tree) && echo did it`,
  );
  expect(result.output).toContain('did it');
  await cage.sandbox.close();
  expect(git(cage.folder, 'rev-parse', 'main')).toBe(before);
});

test('what half-finished operations leave that brings nothing protected stays', async () => {
  const cage = await caged(await temporaryFolder());
  await plant(cage.folder, { 'a.txt': 'a\n', '.vscode/settings.json': '{}\n' });
  makeRepository(cage.folder);
  const lines = [
    'git checkout -qb side; echo b > a.txt; git commit -qam b; echo d > a.txt; git commit -qam d; git checkout -q main; echo c > a.txt; git commit -qam c; git cherry-pick side~1 side; ls .git/CHERRY_PICK_HEAD .git/sequencer/todo',
    'git cherry-pick --abort; git merge side; ls .git/MERGE_HEAD',
    'git merge --abort; git fetch -q . side; git reset -q --hard FETCH_HEAD; git reset -q --hard ORIG_HEAD; git checkout -q -; git bisect start; ls .git/BISECT_LOG',
  ];
  for (const line of lines) {
    const result = await cage.run(`${AS_SOMEBODY}; ${line}`);
    expect([result.ending, result.quarantined], line + result.output).toEqual([{ kind: 'exited', code: 0 }, []]);
  }
});
