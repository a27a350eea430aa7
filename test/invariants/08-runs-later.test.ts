import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CONTROL_FILES, PROTECTED } from '../../src/core/policy/controlFiles.ts';
import { Scope } from '../../src/core/scope/scope.ts';
import { git, makeRepository } from '../support/repository.ts';
import { plant } from '../support/tree.ts';
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
