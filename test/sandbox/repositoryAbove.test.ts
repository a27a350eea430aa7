import { chownSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { git, makeRepository } from '../support/repository.ts';
import { caged, type Caged } from '../support/sandboxRun.ts';
import { plant, temporaryFolder } from '../support/tree.ts';

const CANARY = 'Hn51mmKe82xWq0LdTTu3';
const FILES = {
  '.gitignore': 'node_modules\n.env\nlocal.json\n',
  'package.json': '{"workspaces":["packages/*"]}',
  'tsconfig.base.json': '{"strict":true}\n',
  'README.md': 'README\n',
  'work/package.json': '{"name":"a"}',
  'work/src/a.js': 'a\n',
  'packages/b/package.json': '{"name":"b"}',
  'packages/b/index.js': 'B\n',
  'packages/c/package.json': '{"name":"c"}',
  'packages/c/index.js': 'C\n',
};
/** In nobody's commit. */
const LOCAL = {
  'node_modules/dep/index.js': 'DEP\n',
  'packages/b/.env': CANARY,
  'packages/b/node_modules/in-b/index.js': 'INB\n',
  'packages/c/.env': CANARY,
  '.env': CANARY,
  'tsconfig.local.json': CANARY,
  'local.json': CANARY,
};

/** A repository, of which the folder `work` is opened. */
async function monorepo(): Promise<{ base: string; cage: Caged }> {
  const around = await temporaryFolder();
  const base = join(around, 'repository');
  await plant(base, FILES);
  makeRepository(base);
  await plant(base, LOCAL);
  symlinkSync('../packages/b', join(base, 'node_modules/b'));
  return { base, cage: await caged(around, '/usr/bin:/bin', 'repository/work') };
}

test('git, settings and installed packages are there, read-only, and nothing else', async () => {
  const { base, cage } = await monorepo();
  for (const workspace of ['writable', 'read-only'] as const) {
    const result = await cage.run(
      'git status --short; git log --format=%s; cat ../tsconfig.base.json ../node_modules/dep/index.js ../node_modules/b/index.js ../packages/b/node_modules/in-b/index.js; cat ../README.md ../packages/c/index.js 2>/dev/null; true',
      { workspace },
    );
    expect(result.output).toBe('first\n{"strict":true}\nDEP\nB\nINB\n');
    expect(result.notes).toEqual([
      `of the repository above, ${base}, git, settings and installed packages are there read-only`,
    ]);
    const search = await cage.run(`grep -rF ${CANARY} ${base} 2>/dev/null; ls ${base}/.git/hooks; true`, { workspace });
    expect(search.output).not.toContain(CANARY);
    expect(search.output).not.toContain('.sample');
  }
  writeFileSync(join(cage.folder, 'src/a.js'), 'changed\n');
  const before = readFileSync(join(base, '.git/index'));
  const look = await cage.run('git status --short; git diff --stat | tail -1');
  expect(look.output).toMatch(/^ M src\/a\.js\n 1 file changed/);
  const evil = await cage.run(
    'for f in .git/config .git/index .git/HEAD .git/hooks/x package.json node_modules/dep/index.js packages/b/index.js new; do echo evil >> ../$f; done 2>/dev/null; git commit -qam x; rm -rf ../node_modules ../.git; true',
  );
  expect(evil.ending).toMatchObject({ kind: 'exited' });
  expect(readFileSync(join(base, '.git/index'))).toEqual(before);
  expect(readFileSync(join(base, 'package.json'), 'utf8')).toBe(FILES['package.json']);
  expect(readFileSync(join(base, 'node_modules/dep/index.js'), 'utf8')).toBe('DEP\n');
  expect(readdirSync(base)).not.toContain('new');
});

test('the policy’s key hides all of it', async () => {
  const { cage } = await monorepo();
  const result = await cage.run('git status; ls ..', { repositoryAbove: false });
  expect(result.output).toMatch(/not a git repository/);
  expect(result.output).not.toMatch(/node_modules|package\.json/);
});

test('what a rule denies is not there, nor what keeps copies of it', async () => {
  const { base, cage } = await monorepo();
  const denied = [join(base, 'packages/b'), join(base, 'node_modules/dep')];
  const result = await cage.run('git log; cat ../node_modules/dep/index.js ../node_modules/b/index.js; true', {
    denied,
  });
  expect(result.output).not.toMatch(/DEP|^B$|first/m);
  expect(result.notes.join()).toMatch(/\.git is not shown, because your policy denies files that it may keep/);
  expect((await cage.run('git log', { denied: ['*.sql'] })).output).toMatch(/not a git repository/);
});

test('a repository that does not hold the folder shows nothing: a home folder under version control', async () => {
  const around = await temporaryFolder();
  const base = join(around, 'repository');
  await plant(base, {
    '.bashrc': CANARY,
    'work/a.js': 'a',
    '.gitignore': 'work\n',
    'node_modules/dep/index.js': CANARY,
  });
  makeRepository(base);
  const cage = await caged(around, '/usr/bin:/bin', 'repository/work');
  const result = await cage.run(`git log; grep -rF ${CANARY} ${base}; true`);
  expect(result.output).toMatch(/not a git repository/);
  expect(result.output).not.toContain(CANARY);
  expect(result.notes).toEqual([]);
});

test('somebody else’s repository shows nothing', async ({ skip }) => {
  skip(process.getuid?.() !== 0, 'only root can give files away');
  const { base, cage } = await monorepo();
  expect((await cage.run('git log --format=%s')).output).toBe('first\n');
  chownSync(join(base, '.git'), 65_534, 65_534);
  expect((await cage.run('git log --format=%s')).output).toMatch(/not a git repository/);
});

test('a link that the workspace holds opens packages of the same repository alone', async () => {
  const { base, cage } = await monorepo();
  await plant(base, { 'private/package.json': CANARY, 'other/x/package.json': CANARY });
  mkdirSync(join(cage.folder, 'node_modules'));
  symlinkSync('../../packages/c', join(cage.folder, 'node_modules/c'));
  symlinkSync('../../private', join(cage.folder, 'node_modules/private'));
  symlinkSync('../..', join(cage.folder, 'node_modules/top'));
  symlinkSync('../../.git', join(cage.folder, 'node_modules/git'));
  const { output } = await cage.run(
    'cat node_modules/*/index.js node_modules/*/package.json 2>/dev/null; ls node_modules/git/hooks; true',
  );
  expect(output).toMatch(/^C\n{"name":"c"}/);
  expect(output).not.toContain(CANARY);
  expect(output).not.toContain('.sample');
});

/** The same where the repository is a work tree, or a submodule: its `.git` is a file. */
async function elsewhere(kind: 'worktree' | 'submodule'): Promise<{ around: string; base: string; cage: Caged }> {
  const around = await temporaryFolder();
  const [main, base] = [join(around, 'main'), join(around, 'repository')];
  await plant(main, FILES);
  makeRepository(main);
  if (kind === 'worktree') git(main, 'worktree', 'add', '-q', '-b', 'side', base);
  else {
    const top = join(around, 'top');
    await plant(top, { 'top.txt': CANARY });
    makeRepository(top);
    git(top, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', main, 'repository');
    return { around, base: join(top, 'repository'), cage: await caged(top, '/usr/bin:/bin', 'repository/work') };
  }
  return { around, base, cage: await caged(around, '/usr/bin:/bin', 'repository/work') };
}

test.each(['worktree', 'submodule'] as const)('a package of a %s', async (kind) => {
  const { around, base, cage } = await elsewhere(kind);
  await plant(base, LOCAL);
  writeFileSync(join(cage.folder, 'src/a.js'), 'changed\n');
  for (const workspace of ['writable', 'read-only'] as const) {
    const { output, notes } = await cage.run(
      'git status --short; git log --format=%s; cat ../tsconfig.base.json ../node_modules/dep/index.js; cat ../README.md 2>/dev/null; true',
      { workspace },
    );
    expect(output).toBe(' M src/a.js\nfirst\n{"strict":true}\nDEP\n');
    expect(notes).toEqual([
      `of the repository above, ${base}, git, settings and installed packages are there read-only`,
    ]);
  }
  const common = git(base, 'rev-parse', '--path-format=absolute', '--git-common-dir').trim();
  const before = git(base, 'rev-parse', 'HEAD');
  const { output } = await cage.run(
    `grep -rF ${CANARY} ${around} 2>/dev/null; ls ${common}/hooks 2>/dev/null; for f in config HEAD index; do echo evil >> ${common}/$f; done 2>/dev/null; echo evil > ../.git; git commit -qam x; true`,
  );
  expect(output).not.toMatch(new RegExp(`${CANARY}|\\.sample`));
  expect(readFileSync(join(base, '.git'), 'utf8')).toMatch(/^gitdir: /);
  expect(readFileSync(join(common, 'config'), 'utf8')).not.toContain('evil');
  expect(git(base, 'rev-parse', 'HEAD')).toBe(before);
});

test('a .git file above that names a repository which does not name it back shows nothing', async () => {
  const { around, base, cage } = await elsewhere('worktree');
  await plant(join(around, 'private'), FILES);
  makeRepository(join(around, 'private'));
  for (const lie of [join(around, 'private/.git'), join(around, 'main/.git')]) {
    writeFileSync(join(base, '.git'), `gitdir: ${lie}\n`);
    const { output, notes } = await cage.run('git log --format=%s; ls ../node_modules ../package.json');
    expect(output).toMatch(/not a git repository/);
    expect(output).not.toMatch(/first/);
    expect(notes).toEqual([]);
  }
});

test.each(['2', '4'])('an index of version %s', async (version) => {
  const { base, cage } = await monorepo();
  git(base, 'update-index', '--index-version', version);
  expect((await cage.run('git status --short; git ls-files')).output).toBe('package.json\nsrc/a.js\n');
});
