import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, linkSync, readFileSync, renameSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { git, makeRepository } from '../support/repository.ts';
import { caged } from '../support/sandboxRun.ts';
import { plant, temporaryFolder } from '../support/tree.ts';
import { outcomes, workbench, type Workbench } from '../support/workbench.ts';

// What runs later is not only written: it is brought there by a move, by a link, by a commit, under another name.

const NO_QUESTIONS = 'confirm_actions: false\nprotected_paths: ["infra/prod"]\n';

async function bench(files: Record<string, string>, config = ''): Promise<Workbench> {
  const made = await workbench({ userPolicy: NO_QUESTIONS, files });
  makeRepository(made.folder);
  const file = join(made.folder, '.git/config');
  await plant(made.folder, { '.git/config': `${readFileSync(file, 'utf8')}${config}` });
  return made;
}

test('a folder is not moved to where what is in it would run later', async () => {
  const files = {
    ...{ 'a/hooks/x.json': '{}', 'b/config.toml': '', 'c/extensions.xml': '', 'd/watch': '', 'e/prod/main.tf': '' },
    'f/deep/hooks/x.json': '{}',
    'g/src/main.js': '',
  };
  const moves: [from: string, to: string, outcome: string][] = [
    ['a', '.github', 'denied:protected_paths'],
    ['b', '.cargo', 'denied:protected_paths'],
    ['c', 'sub/.mvn', 'denied:protected_paths'],
    ['d', 'tools', 'denied:protected_paths'],
    ['e', 'infra', 'denied:protected_paths'],
    // Nothing of what is in it has such a name there.
    ['f', '.github', 'done'],
    ['g', 'lib', 'done'],
  ];
  const made = await bench(files, '[core] fsmonitor = tools/watch\n');
  const calls = moves.map(([from, to]) => ({ name: 'move_path', args: { from, to } }));
  expect(outcomes(await made.run([{ calls }]))).toEqual(moves.map(([, , outcome]) => outcome));
});

test('nor a link to where a folder above a protected path would be', async () => {
  const made = await bench({ 'evil/watch': '' }, '[core] fsmonitor = tools/watch\n');
  for (const name of ['l', 'm', 'n']) symlinkSync('evil', join(made.folder, name));
  const calls = [
    ['l', 'tools'],
    ['m', '.github'],
    ['n', 'elsewhere'],
  ].map(([from, to]) => ({ name: 'move_path', args: { from, to } }));
  expect(outcomes(await made.run([{ calls }]))).toEqual(['denied:protected_paths', 'denied:protected_paths', 'done']);
});

test('a link that a command puts there is taken away, and others stay', async () => {
  const made = await bench({ 'x/hooks/evil.json': '{}', 'y/config.toml': '' }, '[core] fsmonitor = tools/watch\n');
  symlinkSync('x', join(made.folder, 'kept'));
  const command = 'mkdir sub; ln -s x .github; ln -s ../y sub/.cargo; ln -s y tools; ln -s x other; ls .github/hooks';
  const texts: string[] = [];
  await made.run((request, turn) => {
    if (turn === 0) return { calls: [{ name: 'run_command', args: { command } }] };
    texts.push(...request.messages.flatMap((message) => (message.role === 'tool' ? [message.text] : [])));
    return {};
  });
  expect(texts.join('\n')).toMatch(/evil\.json/);
  const there = ['.github', 'sub/.cargo', 'tools', 'other', 'kept'].filter((name) =>
    existsSync(join(made.folder, name)),
  );
  expect(there).toEqual(['other', 'kept']);
});

const AS_SOMEBODY =
  'export GIT_AUTHOR_NAME=t GIT_AUTHOR_EMAIL=t@e GIT_COMMITTER_NAME=t GIT_COMMITTER_EMAIL=t@e; b=$(printf evil | git hash-object -w --stdin)';
const stage = (...names: string[]): string =>
  names.map((name) => `git update-index --add --cacheinfo 100644,$b,${name}`).join('; ');
const LINKED = 'l=$(printf x | git hash-object -w --stdin); git update-index --add --cacheinfo 120000,$l,.github';
const BRANCH =
  'git update-ref refs/heads/feature $(git commit-tree -m x -p HEAD $(git write-tree)); git read-tree HEAD';

const COMMITS: [name: string, command: string, next: string, left: string][] = [
  [
    'a bare repository',
    `${stage('in/HEAD', 'in/config', 'in/objects/x', 'in/refs/x')}; ${BRANCH}`,
    'checkout -q feature',
    'in/config',
  ],
  ['one that borrows', `${stage('in/Head', 'in/commondir')}; ${BRANCH}`, 'checkout -q feature', 'in/commondir'],
  [
    'a link above a protected folder',
    `${LINKED}; ${stage('x/hooks/evil.json')}; ${BRANCH}`,
    'checkout -q feature',
    '.github/hooks/evil.json',
  ],
  [
    'one that is staged alone',
    stage('in/HEAD', 'in/config', 'in/objects/x', 'in/refs/x'),
    'checkout -q .',
    'in/config',
  ],
];

test.each(COMMITS)('what a commit would bring there is put back: %s', async (_name, command, next, left) => {
  const cage = await caged(await temporaryFolder());
  const start = async (): Promise<void> => {
    await plant(cage.folder, { 'a.txt': 'a\n', 'x/.keep': '' });
    makeRepository(cage.folder);
  };
  const isLeft = (): boolean => {
    try {
      execFileSync('git', next.split(' '), { cwd: cage.folder, stdio: 'ignore' });
    } catch {
      // There is no such branch.
    }
    return existsSync(join(cage.folder, left));
  };
  await start();
  const result = await cage.run(`${AS_SOMEBODY}; ${command}`);
  expect(result.quarantined.join('\n')).toMatch(/the command staged, committed or stashed it.* were put back/);
  expect(isLeft()).toBe(false);
  // The same without a cage.
  renameSync(cage.folder, `${cage.folder}-held`);
  await start();
  execFileSync('bash', ['-c', `${AS_SOMEBODY}; ${command}`], { cwd: cage.folder, stdio: 'ignore' });
  expect(isLeft()).toBe(true);
});

test('what is like a part of a repository, and is none, can be committed', async () => {
  const cage = await caged(await temporaryFolder());
  await plant(cage.folder, { 'a.txt': 'a\n' });
  makeRepository(cage.folder);
  const result = await cage.run(
    `${AS_SOMEBODY}; ${stage('in/HEAD', 'in/config', 'refs/x', 'src/objects/x', 'src/config')}; ${BRANCH}`,
  );
  expect(result.quarantined).toEqual([]);
});

const HOOK = `#!/bin/sh
[ -f scripts/local.sh ] && . scripts/local.sh
if [ -x ./ci/pre ]; then ./ci/pre; fi
python3 tools/late.py
./scripts/check.sh
./dist/made.sh
`;

test('what a hook calls counts although it is not there yet, and so does what that calls', async () => {
  const made = await bench({
    'scripts/check.sh': '#!/bin/sh\n. ./scripts/lib.sh\nsh scripts/more.sh\ngrep -q x src/a.js\n',
    ...{ 'scripts/lib.sh': '', 'scripts/more.sh': '', 'src/a.js': '' },
    '.envrc': 'source_env_if_exists env/local.sh\nsource env/all.sh\nexport X=$(cat src/a.js)\n',
    'env/all.sh': '',
  });
  await plant(made.folder, { '.git/hooks/pre-commit': HOOK });
  chmodSync(join(made.folder, '.git/hooks/pre-commit'), 0o755);
  const closed = ['scripts/local.sh', 'ci/pre', 'tools/late.py', 'scripts/lib.sh', 'scripts/more.sh'];
  const entered = ['env/local.sh', 'env/all.sh'];
  const open = ['src/a.js', 'scripts/other.sh', 'dist/made.sh'];
  const write = async (paths: string[]): Promise<string[]> =>
    outcomes(
      await made.run([{ calls: paths.map((path) => ({ name: 'write_file', args: { path, content: 'evil' } })) }]),
    );
  const denied = [...closed, ...entered].map(() => 'denied:protected_paths');
  expect(await write([...closed, ...entered, ...open])).toEqual([...denied, 'done', 'done', 'done']);
});

test('hooks in force elsewhere, and configuration that variables name, count as well', async () => {
  const base = await temporaryFolder();
  await plant(base, {
    'hooks/pre-commit': '#!/bin/sh\n./scripts/check.sh\n',
    'xdg/git/config': `[core] hooksPath = ${base}/hooks\n[diff] external = ./tools/diff.sh\n`,
    'other.gitconfig': '[core] fsmonitor = tools/watch\n',
  });
  const paths = ['scripts/check.sh', 'tools/diff.sh', 'tools/watch'];
  const written = async (environment: Record<string, string>): Promise<string[]> => {
    const made = await workbench({
      userPolicy: NO_QUESTIONS,
      files: { 'scripts/check.sh': 'true\n' },
      environment: { ...environment },
    });
    makeRepository(made.folder);
    return outcomes(
      await made.run([{ calls: paths.map((path) => ({ name: 'write_file', args: { path, content: 'evil' } })) }]),
    );
  };
  const environment = { GIT_CONFIG_GLOBAL: `${base}/xdg/git/config`, GIT_CONFIG_SYSTEM: `${base}/other.gitconfig` };
  expect(await written(environment)).toEqual(paths.map(() => 'denied:protected_paths'));
  expect(await written({})).toEqual(paths.map(() => 'done'));
});

test('another name of a hook (a hard link) is as closed to commands as the hook', async () => {
  const cage = await caged(await temporaryFolder());
  await plant(cage.folder, { 'hook.sh': 'true\n', 'other.sh': 'true\n' });
  makeRepository(cage.folder);
  const hook = join(cage.folder, '.git/hooks/pre-commit');
  linkSync(join(cage.folder, 'hook.sh'), hook);
  const line = 'echo evil >> hook.sh; echo more >> other.sh; mv hook.sh x; cat .git/hooks/pre-commit';
  await cage.run(line);
  expect(readFileSync(hook, 'utf8')).toBe('true\n');
  expect(readFileSync(join(cage.folder, 'other.sh'), 'utf8')).toBe('true\nmore\n');
  execFileSync('bash', ['-c', line], { cwd: cage.folder, stdio: 'ignore' });
  expect(readFileSync(hook, 'utf8')).toBe('true\nevil\n');
});

test('a link that was there above a protected path leads to what is as protected', async () => {
  const made = await bench({ 'conf/hooks/.keep': '', 'vs/.keep': '' });
  symlinkSync('conf', join(made.folder, '.github'));
  symlinkSync('vs', join(made.folder, '.vscode'));
  git(made.folder, 'add', '-A');
  const calls = ['conf/hooks/evil.json', 'vs/tasks.json', 'conf/readme.md'].map((path) => ({
    name: 'write_file',
    args: { path, content: 'evil' },
  }));
  expect(outcomes(await made.run([{ calls }]))).toEqual(['denied:protected_paths', 'denied:protected_paths', 'done']);
});
