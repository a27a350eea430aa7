import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CONTROL_FILES, PROTECTED } from '../../src/core/policy/controlFiles.ts';
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

test('nor behind more references than are looked at', async () => {
  const cage = await caged(await temporaryFolder());
  await plant(cage.folder, { 'a.txt': 'a\n' });
  makeRepository(cage.folder);
  const before = git(cage.folder, 'rev-parse', 'main');
  const result = await cage.run(
    `export GIT_AUTHOR_NAME=t GIT_AUTHOR_EMAIL=t@e GIT_COMMITTER_NAME=t GIT_COMMITTER_EMAIL=t@e; for i in $(seq 5100); do echo "create refs/aaa/$i HEAD"; done | git update-ref --stdin; git update-index --add --cacheinfo 100644,${blob},.envrc; git update-ref refs/heads/main $(git commit-tree -m x $(git write-tree)); git update-index --force-remove .envrc`,
  );
  expect(result.quarantined.join('\n')).toContain('is protected, and the command staged, committed or stashed it');
  expect(git(cage.folder, 'rev-parse', 'main')).toBe(before);
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
