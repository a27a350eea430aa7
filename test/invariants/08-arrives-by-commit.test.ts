import { execFileSync } from 'node:child_process';
import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { SandboxResult } from '../../src/core/sandbox/port.ts';
import { git, makeRepository } from '../support/repository.ts';
import { caged } from '../support/sandboxRun.ts';
import { plant, temporaryFolder } from '../support/tree.ts';

// What the person's next git, editor or shell would run does not arrive by index, commit or reference either.

const blob = '$(echo evil | git hash-object -w --stdin)';
const COMMITTED: [string, string][] = [
  ['staged', `git update-index --add --cacheinfo 100644,${blob},.vscode/tasks.json`],
  ['staged under another case', `git update-index --add --cacheinfo 100644,${blob},.VSCode/tasks.json`],
  [
    'committed',
    `git update-index --add --cacheinfo 100644,${blob},.husky/pre-commit && git commit -q -m x && git update-index --force-remove .husky/pre-commit`,
  ],
  [
    'committed on another branch',
    `git update-index --add --cacheinfo 100755,${blob},.husky/pre-commit; git branch evil $(git commit-tree -m x -p HEAD $(git write-tree)); git update-index --force-remove .husky/pre-commit`,
  ],
  [
    'stashed',
    `git update-index --add --cacheinfo 100644,${blob},.envrc; git stash store -m x $(git commit-tree -m x -p HEAD -p $(git commit-tree -m i -p HEAD $(git write-tree)) $(git write-tree)); git update-index --force-remove .envrc`,
  ],
  [
    'in a tag and packed',
    `git update-index --add --cacheinfo 100644,${blob},.mcp.json; git tag evil $(git commit-tree -m x $(git write-tree)); git pack-refs --all; git update-index --force-remove .mcp.json`,
  ],
  [
    'staged in a split index',
    `git update-index --add --cacheinfo 100644,${blob},.envrc; git update-index --split-index`,
  ],
  ['in place of another file', `git replace $(git rev-parse HEAD:a.txt) ${blob}`],
  ['in place of another file, packed', `git replace $(git rev-parse HEAD:a.txt) ${blob}; git pack-refs --all`],
  [
    'in place of another commit',
    `git update-index --add --cacheinfo 100644,${blob},.envrc; git replace HEAD $(git commit-tree -m x $(git write-tree)); git update-index --force-remove .envrc`,
  ],
];

test.each(COMMITTED)('protected files do not arrive by a commit: %s', async (_name, command) => {
  const cage = await caged(await temporaryFolder());
  await plant(cage.folder, { 'README.md': 'hello\n', 'a.txt': 'a\n' });
  makeRepository(cage.folder);
  const all = (): string => git(cage.folder, 'rev-parse', '--all') + git(cage.folder, 'ls-files', '-s');
  const before = all();
  const setUp = 'export GIT_AUTHOR_NAME=t GIT_AUTHOR_EMAIL=t@e GIT_COMMITTER_NAME=t GIT_COMMITTER_EMAIL=t@e';
  const result = await cage.run(`${setUp}; ${command}; git rev-parse --all; git ls-files -s`);
  expect(result.output).not.toBe(before); // it did what it says
  expect(all()).toBe(before);
  expect(result.quarantined.join('\n')).toMatch(/is protected, and the command staged, committed or stashed it/);
  expect(git(cage.folder, 'status', '--short')).toBe('');
});

const AS_SOMEBODY = 'export GIT_AUTHOR_NAME=t GIT_AUTHOR_EMAIL=t@e GIT_COMMITTER_NAME=t GIT_COMMITTER_EMAIL=t@e';
const EVIL = `evil=$(git update-index --add --cacheinfo 100644,${blob},.envrc; git commit-tree -m x $(git write-tree)); git update-index --force-remove .envrc`;

/** Where more is written than is looked at. */
const TOO_MUCH: [string, string][] = [
  [
    'behind more references than are looked at',
    `${EVIL}; h=$(git rev-parse HEAD); mkdir .git/refs/aaa; for i in $(seq 20100); do echo $h > .git/refs/aaa/$i; done; git update-ref refs/heads/main $evil`,
  ],
  [
    'in more references than are looked at twice',
    `${EVIL}; mkdir .git/refs/heads/b; for i in $(seq 41000); do echo $evil > .git/refs/heads/b/$i; done`,
  ],
  [
    'at the end of a list of references that is longer than is read',
    `${EVIL}; head=$(git rev-parse HEAD); { seq -f "$head refs/aaa/%08.0f" 1200000; echo "$evil refs/heads/main"; } > .git/packed-refs; rm .git/refs/heads/main`,
  ],
  [
    'in a split index, behind more than is read',
    `git update-index --add --cacheinfo 100644,${blob},.envrc; git update-index --split-index; python3 -c "
import hashlib, struct
index = open('.git/index', 'rb').read()[:-20]
at = index.rindex(b'link')
index = index[:at] + b'PADD' + struct.pack('>I', 70 << 20) + bytes(70 << 20) + index[at:]
open('.git/index', 'wb').write(index + hashlib.sha1(index).digest())"`,
  ],
];

test.each(TOO_MUCH)('nor %s', { timeout: 240_000 }, async (_name, command) => {
  const cage = await caged(await temporaryFolder());
  await plant(cage.folder, { 'a.txt': 'a\n' });
  makeRepository(cage.folder);
  const all = (): string => git(cage.folder, 'rev-parse', '--all', 'HEAD') + git(cage.folder, 'ls-files', '-s');
  const before = all();
  const result = await cage.run(
    `${AS_SOMEBODY}; ${command}; git ls-files .envrc; git show -s --format=%s main; git show -s --format=%s b/1`,
  );
  expect(result.output).toMatch(/^(x|\.envrc)$/m); // it did what it says
  // On a machine that is slow the look goes on after the result, and ends before the next command begins.
  const next = result.quarantined.length > 0 ? result : await untilLooked(() => cage.run('true'));
  expect(next.quarantined.join('\n')).toContain('is protected, and the command staged, committed or stashed it');
  expect(all()).toBe(before);
});

/** The first command that is let begin once the look after the one before is over. */
async function untilLooked(run: () => Promise<SandboxResult>): Promise<SandboxResult> {
  for (let turn = 0; ; turn += 1) {
    try {
      return await run();
    } catch (error) {
      if (turn > 5) throw error;
    }
  }
}

const STAGED = `git update-index --add --cacheinfo 100644,${blob},.envrc`;
/** What stands in the way of putting it back. */
const IN_THE_WAY: [string, string][] = [
  ['an index that is a link', `${STAGED}; mv .git/index idx; ln -s ../idx .git/index`],
  [
    'a reference that is a link',
    `${EVIL}; echo $evil > x; rm .git/refs/heads/main; ln -s ../../../x .git/refs/heads/main`,
  ],
  [
    'a folder of references that is a link',
    `${EVIL}; git update-ref refs/heads/main $evil; mv .git/refs r; ln -s ../r .git/refs`,
  ],
  ['a folder where a file was', `${STAGED}; rm .git/HEAD; mkdir -p .git/HEAD/x`],
  ['a file where a folder was', `${STAGED}; rm -r .git/refs; touch .git/refs`],
  ['closed folders', `${STAGED}; chmod 0 .git/refs/heads; chmod 500 .git`],
  ['a FIFO', `${STAGED}; rm .git/HEAD; mkfifo .git/HEAD`],
  ['names that are no UTF-8', `${EVIL}; printf '%s' $evil > .git/refs/heads/$'\\xff'`],
];

test.each(IN_THE_WAY)('nor behind %s', async (_name, command) => {
  const cage = await caged(await temporaryFolder());
  await plant(cage.folder, { 'a.txt': 'a\n' });
  makeRepository(cage.folder);
  const all = (): string => git(cage.folder, 'rev-parse', '--all', 'HEAD') + git(cage.folder, 'ls-files', '-s');
  const before = all();
  const result = await cage.run(`${AS_SOMEBODY}; ${command} && echo did it`);
  expect(result.output).toContain('did it');
  expect(result.quarantined.join('\n')).toMatch(/the command staged, committed or stashed it.* were put back/);
  expect(all()).toBe(before);
  expect(git(cage.folder, 'fsck', '--connectivity-only')).not.toContain('envrc');
});

test('nothing is written through a link, where the command puts one in the place of a folder', async () => {
  const base = await temporaryFolder();
  const cage = await caged(base);
  await plant(cage.folder, { 'a.txt': 'a\n' });
  await plant(base, { 'outside/heads/kept': 'kept\n' });
  makeRepository(cage.folder);
  expect((await cage.run('echo evil > .git/refs/authorized_keys')).ending).toEqual({ kind: 'exited', code: 0 });
  const outside = join(base, 'outside');
  await cage.run(`${STAGED}; mv .git/refs .git/r2 && ln -s ${outside} .git/refs`);
  expect(readdirSync(outside, { recursive: true }).sort()).toEqual(['heads', 'heads/kept']);
  expect(lstatSync(join(cage.folder, '.git/refs')).isDirectory()).toBe(true);
  expect(git(cage.folder, 'ls-files')).toBe('a.txt\n');
});

test('where there was more before than is looked at, nothing that may write begins', async () => {
  const cage = await caged(await temporaryFolder());
  await plant(cage.folder, { 'a.txt': 'a\n' });
  makeRepository(cage.folder);
  const created = Array.from({ length: 20_100 }, (_, index) => `create refs/aaa/${index} HEAD\n`).join('');
  execFileSync('git', ['update-ref', '--stdin'], { cwd: cage.folder, input: created });
  await expect(cage.run('touch b')).rejects.toThrow(/more than 20000 references.* git pack-refs --all/s);
  expect((await cage.run('cat a.txt', { workspace: 'read-only' })).output).toBe('a\n');
  git(cage.folder, 'pack-refs', '--all');
  expect((await cage.run('touch b')).ending).toEqual({ kind: 'exited', code: 0 });
});

test('nor in a repository whose objects have longer names', async () => {
  const cage = await caged(await temporaryFolder());
  await plant(cage.folder, { 'a.txt': 'a\n' });
  git(cage.folder, 'init', '-q', '-b', 'main', '--object-format=sha256');
  git(cage.folder, 'add', '-A');
  git(cage.folder, 'commit', '-q', '-m', 'first');
  const result = await cage.run(`git update-index --add --cacheinfo 100644,${blob},.envrc`);
  expect(result.quarantined.join('\n')).toContain('.envrc is protected');
  const fine = await cage.run('echo b > b.txt; git add b.txt; git -c user.name=t -c user.email=t@e commit -qm b');
  expect(fine.quarantined).toEqual([]);
  expect(git(cage.folder, 'ls-files')).toBe('a.txt\nb.txt\n');
});

test('commits without protected files stay, and so do those that were there before', async () => {
  const cage = await caged(await temporaryFolder());
  await plant(cage.folder, { 'README.md': 'hello\n', '.vscode/settings.json': '{}\n', '.husky/x': 'x\n' });
  makeRepository(cage.folder);
  git(cage.folder, 'branch', 'other');
  const result = await cage.run(
    'echo b > b.txt; git add b.txt && git -c user.name=t -c user.email=t@e commit -q -m two && git branch third && git tag v1 && git pack-refs --all && echo ok',
  );
  expect(result).toMatchObject({ output: 'ok\n', quarantined: [] });
  expect(git(cage.folder, 'log', '--format=%s')).toBe('two\nfirst\n');
});

test('going back in the history, to other branches, stashing and merging are left alone', async () => {
  const cage = await caged(await temporaryFolder());
  await plant(cage.folder, { 'a.txt': '1\n', '.vscode/settings.json': '{"one": 1}\n', '.husky/x': 'x\n' });
  makeRepository(cage.folder);
  await plant(cage.folder, { '.vscode/settings.json': '{"two": 2}\n', 'a.txt': '2\n' });
  git(cage.folder, 'commit', '-qam', 'second');
  git(cage.folder, 'checkout', '-qb', 'other', 'HEAD~1');
  await plant(cage.folder, { '.vscode/tasks.json': '{}\n' });
  git(cage.folder, 'add', '-A');
  git(cage.folder, 'commit', '-qm', 'third');
  git(cage.folder, 'checkout', '-q', 'main');
  for (let index = 0; index < 60; index += 1) git(cage.folder, 'tag', `t${index}`, index % 2 === 0 ? 'main' : 'other');
  const lines = [
    'git symbolic-ref HEAD refs/heads/other && git read-tree other', // as a checkout leaves it, but for the files
    'git symbolic-ref HEAD refs/heads/main && git read-tree main',
    'git reset -q HEAD~1',
    'git reset -q ORIG_HEAD',
    'git update-ref --no-deref HEAD HEAD~1 && git read-tree HEAD',
    'git symbolic-ref HEAD refs/heads/main; git read-tree main; echo 3 > a.txt; git stash -q; git stash pop -q',
    'git commit-tree -m merged -p main -p other $(git read-tree -m --aggressive $(git merge-base main other) main other; git write-tree) > /tmp/c; git update-ref refs/heads/merged $(cat /tmp/c); git read-tree main',
  ];
  for (const line of lines) {
    const setUp = 'export GIT_AUTHOR_NAME=t GIT_AUTHOR_EMAIL=t@e GIT_COMMITTER_NAME=t GIT_COMMITTER_EMAIL=t@e';
    const result = await cage.run(`${setUp}; ${line}`);
    expect([result.ending, result.quarantined], line + result.output).toEqual([{ kind: 'exited', code: 0 }, []]);
  }
});
