import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CONTROL_FILES, PROTECTED } from '../../src/core/policy/controlFiles.ts';
import type { SandboxResult } from '../../src/core/sandbox/port.ts';
import { Scope } from '../../src/core/scope/scope.ts';
import { git, makeRepository } from '../support/repository.ts';
import { caged } from '../support/sandboxRun.ts';
import { plant, temporaryFolder } from '../support/tree.ts';
import { outcomes, workbench, type Workbench } from '../support/workbench.ts';

// What the person's next git, editor or shell would run has one answer for every door, whatever questions are off.

const NO_QUESTIONS = 'confirm_actions: false\nrules: [{decision: allow, tools: [write_file, edit_file], why: all}]\n';

async function repository(config: string, files: Record<string, string> = {}): Promise<Workbench> {
  const bench = await workbench({ userPolicy: NO_QUESTIONS, files: { 'src/a.js': 'a\n', ...files } });
  makeRepository(bench.folder);
  await plant(bench.folder, { '.git/more': '' });
  const file = join(bench.folder, '.git/config');
  await plant(bench.folder, { '.git/config': `${readFileSync(file, 'utf8')}${config}` });
  return bench;
}

async function writes(bench: Workbench, paths: readonly string[]): Promise<string[]> {
  return outcomes(
    await bench.run([{ calls: paths.map((path) => ({ name: 'write_file', args: { path, content: 'evil' } })) }]),
  );
}

const CONFIGURED: [string, string, string[]][] = [
  ['hooks', '[core] hooksPath = tools/hooks', ['tools/hooks/pre-commit', 'tools/hooks/x']],
  ['hooks in a folder that is not there yet', '[core] hooksPath = new/deep/hooks', ['new/deep/hooks/post-checkout']],
  ['hooks in another case', '[core] hooksPath = Tools/Hooks', ['tools/hooks/pre-commit']],
  ['an included file', '[include] path = ../shared.gitconfig', ['shared.gitconfig']],
  ['one that is included on a condition', '[includeIf "onbranch:x"] path = ../cond.inc', ['cond.inc']],
  ['a filter', '[filter "f"] clean = ./tools/clean.sh %f', ['tools/clean.sh']],
  ['an alias', '[alias] co = !./tools/co.sh', ['tools/co.sh']],
  ['an external diff', '[diff] external = tools/diff.sh', ['tools/diff.sh']],
  ['a file system monitor', '[core] fsmonitor = tools/watch', ['tools/watch']],
  ['attributes', '[core] attributesFile = my.attributes', ['my.attributes']],
  ['a program that is not there yet', '[diff] external = tools/new.sh', ['tools/new.sh']],
  ['an alias for one', '[alias] co = !sh ./tools/new-co.sh', ['tools/new-co.sh']],
];

const THERE = { 'tools/clean.sh': '', 'tools/co.sh': '', 'tools/diff.sh': '', 'tools/watch': '', 'tools/hooks/x': '' };

test.each(CONFIGURED)(
  'what git’s configuration names is closed to file tools too: %s',
  async (_name, config, paths) => {
    const bench = await repository(`${config}\n`, THERE);
    expect(await writes(bench, [...paths, 'src/a.js'])).toEqual([...paths.map(() => 'denied:protected_paths'), 'done']);
    // Where the configuration does not name them, they are files like any other.
    const plain = await repository('', THERE);
    expect(await writes(plain, paths)).toEqual(paths.map(() => 'done'));
  },
);

test('nor can it be moved there, moved away or deleted', async () => {
  const bench = await repository('[core] hooksPath = tools/hooks\n', { ...THERE, 'src/pre-commit': 'evil\n' });
  const events = await bench.run([
    {
      calls: [
        { name: 'move_path', args: { from: 'src/pre-commit', to: 'tools/hooks/pre-commit' } },
        { name: 'move_path', args: { from: 'tools', to: 'tools2' } },
        { name: 'delete_path', args: { path: 'tools/hooks' } },
        { name: 'delete_path', args: { path: 'tools' } },
        { name: 'edit_file', args: { path: 'tools/hooks/x', old_text: '', new_text: 'x' } },
      ],
    },
  ]);
  expect(outcomes(events).slice(0, 4)).toEqual(Array(4).fill('denied:protected_paths'));
  expect(existsSync(join(bench.folder, 'tools/hooks/x'))).toBe(true);
});

test('a repository nested in the workspace counts as well', async () => {
  const bench = await repository('', { 'nested/a.txt': '', 'nested/run.sh': '' });
  makeRepository(join(bench.folder, 'nested'));
  await plant(bench.folder, { 'nested/.git/config': '[core]\n\tfsmonitor = ./run.sh\n' });
  expect(await writes(bench, ['nested/run.sh', 'nested/a.txt'])).toEqual(['denied:protected_paths', 'done']);
});

test('scripts of the workspace that a hook in force calls are as closed as the hook', async () => {
  const files = {
    'scripts/check.sh': 'true\n',
    'scripts/lint.py': '',
    'scripts/other.sh': 'true\n',
    'ci/verify': 'true\n',
    'src/b.js': 'b\n',
  };
  const bench = await repository('', files);
  await plant(bench.folder, {
    '.git/hooks/pre-commit':
      '#!/bin/sh\nset -e\n./scripts/check.sh\npython3 scripts/lint.py\nexec "$(git rev-parse --show-toplevel)/ci/verify"\n',
    '.git/hooks/pre-push.sample': './scripts/other.sh\n',
  });
  chmodSync(join(bench.folder, '.git/hooks/pre-commit'), 0o755);
  const paths = ['scripts/check.sh', 'scripts/lint.py', 'ci/verify', 'scripts/other.sh', 'src/b.js'];
  expect(await writes(bench, paths)).toEqual([...Array<string>(3).fill('denied:protected_paths'), 'done', 'done']);
});

test('no file tool makes a repository out of a folder, or changes what one by another name runs', async () => {
  const bench = await workbench({
    userPolicy: NO_QUESTIONS,
    files: {
      'almost/objects/.keep': '',
      'almost/refs/.keep': '',
      'other/HEAD': 'ref: refs/heads/x\n',
      'other/refs/.keep': '',
      'objects2/.keep': '',
      'bare/HEAD': 'ref: refs/heads/x\n',
      'bare/objects/.keep': '',
      'bare/refs/.keep': '',
      'bare/config': '[core]\n',
      'plain/HEAD.md': '',
    },
  });
  const events = await bench.run([
    {
      calls: [
        { name: 'write_file', args: { path: 'almost/HEAD', content: 'ref: refs/heads/x\n' } },
        { name: 'write_file', args: { path: 'almost/head', content: 'ref: refs/heads/x\n' } },
        { name: 'write_file', args: { path: 'other/objects/x', content: '' } },
        { name: 'write_file', args: { path: 'other/commondir', content: '.' } },
        { name: 'move_path', args: { from: 'objects2', to: 'other/objects' } },
        { name: 'move_path', args: { from: 'other/HEAD', to: 'almost/HEAD' } },
        { name: 'write_file', args: { path: 'bare/config', content: '[core] fsmonitor = evil\n' } },
        { name: 'write_file', args: { path: 'bare/hooks/post-update', content: 'evil' } },
        { name: 'delete_path', args: { path: 'bare/config' } },
        { name: 'write_file', args: { path: 'bare/README', content: 'fine' } },
        { name: 'write_file', args: { path: 'plain/HEAD', content: 'fine' } },
      ],
    },
  ]);
  expect(outcomes(events)).toEqual([...Array<string>(9).fill('denied:protected_paths'), 'done', 'done']);
});

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

test('what git’s own commands move, replace or write is closed to them as it is to others: .gitmodules, for one', async () => {
  const closed = [
    ...[
      'git mv .gitmodules x',
      'git mv src/a.js .gitmodules',
      'git rm -q .gitmodules',
      'git -C src mv a.js .gitmodules',
    ],
    ...[
      'git checkout other -- .gitmodules',
      'git restore --source other .gitmodules',
      "git checkout -- ':(top).gitmodules'",
    ],
    ...['git config -f .gitmodules submodule.s.url ext::evil', 'git config --file=.gitmodules --unset submodule.s.url'],
    ...[
      'git submodule add ./src again',
      'git submodule set-url s ./src',
      'git mv .vscode/tasks.json x',
      'git clean -fdq .husky',
    ],
  ];
  const open = [
    ...['git mv src/a.js src/b.js', 'git config -f .gitmodules submodule.s.url', 'git rm -q --cached src/b.js'],
    ...['git checkout -q other', 'git restore --staged src/b.js'],
  ];
  const bench = await repository('', { '.gitmodules': '[submodule "s"]\n\turl = ./src\n', '.vscode/tasks.json': '{}' });
  git(bench.folder, 'branch', 'other');
  const run = (lines: readonly string[]): Promise<string[]> =>
    bench
      .run([{ calls: lines.map((command) => ({ name: 'run_command', args: { command } })) }])
      .then((events) => outcomes(events));
  expect(await run(closed)).toEqual(closed.map(() => 'denied:protected_paths'));
  expect(await run(open)).not.toContain('denied:protected_paths'); // the control
  expect(git(bench.folder, 'status', '--short', '--', '.gitmodules', '.vscode')).toBe('');
});

test('every name of the table is closed, at any depth and in any case, and each row has its source', () => {
  const scope = new Scope({ roots: ['/w'], home: '/h', allowed: [], denied: [], protected: PROTECTED, secrets: [] });
  const closed = PROTECTED.map(({ written }) =>
    written.replace('**/', '').replaceAll('y*ml', 'yaml').replaceAll('*', 'x'),
  );
  for (const name of closed)
    for (const path of [`/w/${name}`, `/w/sub/${name}`, `/w/sub/${name.toUpperCase()}`])
      expect(scope.standing(path, 'write').kind, path).toBe('protected');
  for (const { source, runs, names } of CONTROL_FILES)
    expect([source, runs, ...names].every((text) => text !== '')).toBe(true);
  for (const name of [
    'Makefile',
    'package.json',
    'src/vscode.ts',
    'docs/profile.md',
    'AGENTS.md',
    '.github/workflows/ci.yml',
  ])
    expect(scope.standing(`/w/${name}`, 'write').kind, name).toBe('free');
});

test('names of the folders that a workspace lies in close nothing in it', async () => {
  const bench = await workbench({ userPolicy: NO_QUESTIONS });
  const inside = join(bench.home, '.claude/worktrees/build');
  mkdirSync(join(bench.home, '.claude/worktrees'), { recursive: true });
  renameSync(bench.folder, inside);
  const denied = [{ written: 'build', origin: { layer: 'user' as const } }];
  const scope = new Scope({
    roots: [inside],
    home: bench.home,
    allowed: [],
    denied,
    protected: PROTECTED,
    secrets: [],
  });
  expect(scope.standing(`${inside}/src/a.js`, 'write').kind).toBe('free');
  expect(scope.standing(`${inside}/build/a.js`, 'read').kind).toBe('denied');
  expect(scope.standing(`${inside}/.claude/settings.json`, 'write').kind).toBe('protected');
  expect(scope.isDenied(join(bench.home, 'build/x'))).toBe(true); // beside the workspace a name is a name
});
