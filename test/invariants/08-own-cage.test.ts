import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { git, makeRepository } from '../support/repository.ts';
import { caged, type Caged } from '../support/sandboxRun.ts';
import { snapshot } from '../support/snapshot.ts';
import { plant, temporaryFolder } from '../support/tree.ts';
import { outcomes, workbench } from '../support/workbench.ts';

const TRAP = '#!/bin/sh\necho trapped\n';

/** A repository with a nested one, an unfinished rebase, a bare one, and protected files at several depths. */
async function repository(): Promise<Caged> {
  const cage = await caged(await temporaryFolder());
  await plant(cage.folder, {
    'README.md': 'hello\n',
    'a/b/.vscode/settings.json': '{}',
    'a/b/plain.txt': 'plain',
    'keep/deep/secret.key': 'SECRET',
    'project.code-workspace': '{}',
    'sub/code.txt': 'x',
    'bare.git/HEAD': 'ref: refs/heads/main\n',
    'bare.git/config': '',
    'bare.git/objects/.keep': '',
    'bare.git/refs/.keep': '',
  });
  makeRepository(join(cage.folder, 'sub'));
  git(cage.folder, 'init', '-q', '-b', 'main');
  await plant(cage.folder, { '.git/rebase-merge/git-rebase-todo': 'pick 1\n', '.git/inner.key': 'SECRET' });
  return cage;
}

const CHANGES = [
  'echo evil > .git/hooks/pre-commit',
  'rm -rf .git/hooks',
  'mv .git/hooks .git/hooks2 && mkdir .git/hooks',
  'echo "[core] fsmonitor = evil" >> .git/config',
  'git config core.fsmonitor evil',
  'rm -f .git/config',
  'mv .git/config .git/old; ln -s /tmp/evil .git/config',
  'echo evil > .git/config.worktree',
  'echo /tmp/evil > .git/commondir',
  'rm -f .git/commondir .git/config.worktree; echo /tmp/evil > .git/commondir',
  'mv .git .git2; mkdir -p .git/hooks; echo evil > .git/hooks/pre-commit',
  'rm -rf .git/hooks .git/config .git/rebase-merge',
  'echo "exec evil" >> .git/rebase-merge/git-rebase-todo',
  'mv .git/rebase-merge .git/other',
  'mkdir -p .vscode && echo evil > .vscode/tasks.json',
  'rmdir .vscode; ln -s /tmp .vscode',
  'mkdir -p .oversign && echo "sandbox: false" > .oversign/policy.yaml',
  'mkdir -p .idea && echo evil > .idea/workspace.xml',
  'mkdir -p .devcontainer && echo evil > .devcontainer/devcontainer.json',
  'echo evil > a/b/.vscode/settings.json',
  'mv a/b/.vscode a/b/x; mv a/b a/c; mv a z',
  'mv keep kept; mv keep/deep keep/d; mv keep/deep/secret.key k',
  'cat keep/deep/secret.key .git/inner.key; echo x > keep/deep/secret.key; rm -f keep/deep/secret.key',
  'ln keep/deep/secret.key other; cp keep/deep/secret.key other2 || rm -f other2',
  'echo evil > sub/.git/hooks/post-checkout; echo evil >> sub/.git/config; mv sub sub2; mv sub/.git sub/.git2',
  'echo evil > bare.git/config; mkdir bare.git/hooks; echo evil > bare.git/hooks/x; mv bare.git b',
  'echo evil > project.code-workspace; mv project.code-workspace p; rm -f project.code-workspace',
  'chmod -R 777 .git/hooks .vscode .oversign; chmod 000 keep/deep/secret.key; touch .git/config',
];

test.each(CHANGES)('not from inside: %s', async (command) => {
  const cage = await repository();
  const before = snapshot(cage.folder);
  const result = await cage.run(`${command}; echo ran`, { denied: ['*.key'] });
  expect(result.output).toMatch(/ran\n$/);
  expect(result.output).not.toContain('SECRET');
  expect(snapshot(cage.folder)).toEqual(before);
  expect(result.quarantined).toEqual([]);
  // The same attacks work in a folder that is not a sandbox's.
  const outside = await repository();
  const open = snapshot(outside.folder);
  spawnSync('/bin/bash', ['-c', command], { cwd: outside.folder, env: { PATH: '/usr/bin:/bin' } });
  if (!command.startsWith('rmdir')) expect(snapshot(outside.folder)).not.toEqual(open);
});

const APPEARING: [string, string, string[]][] = [
  ['a nested repository with hooks', `git init -q new && echo '${TRAP}' > new/.git/hooks/post-checkout`, ['new/.git']],
  [
    'one that is hard to move',
    'mkdir -p new/deep/.git/hooks; mkfifo new/deep/.git/f; chmod 500 new/deep/.git new/deep',
    ['new/deep/.git'],
  ],
  ['one in a folder that cannot be listed', 'mkdir -p new/.git/hooks; chmod 311 new', ['new/.git']],
  ['a link named .git', 'mkdir -p new/x && ln -s x new/.git', ['new/.git']],
  ['a file named .git', 'mkdir new; echo "gitdir: ../x" > new/.git', ['new/.git']],
  [
    'a bare repository',
    'mkdir -p new/objects new/refs; echo "ref: refs/heads/x" > new/HEAD; echo "[core] fsmonitor=evil" > new/config',
    ['new/HEAD'],
  ],
  [
    'the workspace as a bare repository',
    'mkdir objects refs; echo "ref: refs/heads/x" > HEAD; echo evil > config',
    ['HEAD'],
  ],
  [
    'the workspace as one, after its own was broken',
    'rm -rf .git 2>/dev/null; mkdir objects refs; echo "ref: refs/heads/x" > HEAD; echo evil > config',
    ['HEAD'],
  ],
  ['a name that is not UTF-8', `d=$(printf 'new\\377'); mkdir -p "$d/.git/hooks"`, []],
  ['editor settings further down', 'mkdir -p new/.vscode && echo evil > new/.vscode/tasks.json', ['new/.vscode']],
  ['a workspace file', 'echo evil > new.code-workspace', ['new.code-workspace']],
  ['submodules', 'echo evil > .gitmodules; mkdir -p .git/modules/x', ['.gitmodules', '.git/modules']],
  [
    'a rebase with commands',
    'mkdir .git/rebase-apply && echo "exec evil" > .git/rebase-apply/git-rebase-todo',
    ['.git/rebase-apply'],
  ],
];

test.each(APPEARING)('set aside and told: %s', async (_name, command, gone) => {
  const cage = await caged(await temporaryFolder());
  await plant(cage.folder, { 'README.md': 'hello\n' });
  makeRepository(cage.folder);
  const result = await cage.run(command);
  expect(result.output).toBe('');
  expect(result.quarantined).toHaveLength(Math.max(1, gone.length));
  for (const name of gone) {
    expect(existsSync(join(cage.folder, name)), name).toBe(false);
    expect(result.quarantined.join('\n')).toContain(join(cage.folder, name));
  }
  expect(readdirSync(join(cage.data, 'quarantine'))).toHaveLength(result.quarantined.length);
  expect(
    readdirSync(cage.folder, { recursive: true, encoding: 'utf8' }).filter(
      (path) => /\.git\/hooks/.test(path) && !path.startsWith('.git/'),
    ),
  ).toEqual([]);
  // Nothing is left to find, so the next call is silent.
  expect((await cage.run('true')).quarantined).toEqual([]);
});

describe('git goes on working', () => {
  test('inside: status, add, commit; and hooks are those of the user', async () => {
    const cage = await caged(await temporaryFolder());
    await plant(cage.folder, { 'README.md': 'hello\n' });
    makeRepository(cage.folder);
    const result = await cage.run(
      'git status --short; echo new > new.txt; git add new.txt && git -c user.name=t -c user.email=t@e commit -q -m second && git log --oneline | wc -l',
    );
    expect(result).toMatchObject({ ending: { kind: 'exited', code: 0 }, output: '2\n', quarantined: [] });
    expect(git(cage.folder, 'status', '--short')).toBe('');
    expect(git(cage.folder, 'log', '--format=%s')).toBe('second\nfirst\n');
  });

  test('outside, while a command runs', async () => {
    const cage = await caged(await temporaryFolder());
    await plant(cage.folder, { 'README.md': 'hello\n', 'sub/code.txt': 'x' });
    makeRepository(cage.folder);
    writeFileSync(join(cage.folder, 'README.md'), 'changed\n');
    const look = (): string[] => [
      git(cage.folder, 'status', '--short'),
      git(cage.folder, 'log', '--format=%H'),
      git(cage.folder, 'branch'),
      git(join(cage.folder, 'sub'), 'rev-parse', '--show-toplevel'),
    ];
    const before = look();
    const running = cage.run('until [ -e go ]; do sleep 0.05; done; rm go');
    while (!existsSync(join(cage.folder, '.git/commondir'))) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(readFileSync(join(cage.folder, '.git/commondir'), 'utf8')).toBe('.\n');
    expect(look()).toEqual(before);
    git(cage.folder, 'commit', '-q', '-a', '-m', 'meanwhile');
    writeFileSync(join(cage.folder, 'go'), '');
    expect((await running).ending).toEqual({ kind: 'exited', code: 0 });
    expect(git(cage.folder, 'log', '--format=%s')).toBe('meanwhile\nfirst\n');
    expect(git(cage.folder, 'status', '--short')).toBe('');
  });
});

test.each(['.vscode', 'a/.idea'])(
  'a protected path that is a link is protected as what it leads to: %s',
  async (path) => {
    const cage = await caged(await temporaryFolder());
    await plant(cage.folder, { 'real/x': 'old', 'a/y': '' });
    symlinkSync(join(cage.folder, 'real'), join(cage.folder, path));
    // What the shell itself says comes by another pipe, and may stand in the middle of a line.
    const write = (to: string): string => `{ echo evil > ${to}; } 2> /dev/null || echo no`;
    const { output } = await cage.run(`${write(`${path}/x`)}; ${write('real/x')}; cat ${path}/x`);
    expect(output).toBe('no\nno\nold');
    expect(readFileSync(join(cage.folder, 'real/x'), 'utf8')).toBe('old');
  },
);

test.each(['.git/hooks', '.git/config'])('a part of .git that is a link is a refusal: %s', async (path) => {
  const cage = await caged(await temporaryFolder());
  await plant(cage.folder, { 'real/x': '', 'a/y': '' });
  mkdirSync(join(cage.folder, '.git'));
  symlinkSync(join(cage.folder, 'real'), join(cage.folder, path));
  await expect(cage.run('echo ran')).rejects.toThrow(/is a link/);
  expect(existsSync(join(cage.folder, '.oversign'))).toBe(false);
});

test('file tools cannot touch protected paths either', async () => {
  const bench = await workbench({
    files: { '.vscode/settings.json': '{}', '.git/config': '', 'a.txt': 'a', 'x.code-workspace': '{}' },
  });
  const before = snapshot(bench.folder);
  const targets = [
    '.vscode/settings.json',
    '.git/config',
    '.git/hooks/pre-commit',
    '.oversign/policy.yaml',
    'sub/.vscode/tasks.json',
    'x.code-workspace',
    '.VSCODE/tasks.json',
  ];
  const calls = targets.flatMap((path) => [
    { name: 'write_file', args: { path, content: 'evil' } },
    { name: 'move_path', args: { from: 'a.txt', to: path } },
    { name: 'delete_path', args: { path } },
  ]);
  const events = await bench.run((_request, turn) => (calls[turn] ? { calls: [calls[turn]] } : {}));
  expect(outcomes(events).filter((outcome) => outcome === 'done')).toEqual([]);
  expect(outcomes(events).filter((outcome) => outcome === 'denied:protected_paths').length).toBeGreaterThanOrEqual(
    targets.length * 2,
  );
  expect(snapshot(bench.folder)).toEqual(before);
});
