import {
  chmodSync,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { git, makeRepository } from '../support/repository.ts';
import { caged, type Caged } from '../support/sandboxRun.ts';
import { plant, temporaryFolder } from '../support/tree.ts';

// Through the whole sandbox as commands get it: what is shown, held and set aside is what the cage really does.

/** A repository `main`, whose work tree `work` is the workspace, and somebody's `private` one. */
async function worktree(): Promise<{ base: string; cage: Caged }> {
  const base = await temporaryFolder();
  await plant(base, { 'main/a.txt': 'a\n', 'private/p.txt': 'SECRET\n' });
  makeRepository(join(base, 'main'));
  makeRepository(join(base, 'private'));
  git(join(base, 'main'), 'worktree', 'add', '-q', '-b', 'side', join(base, 'work'));
  return { base, cage: await caged(base) };
}

/** The workspace as a repository of its own, with configuration and files. */
async function repository(
  files: Record<string, string>,
  ...settings: string[][]
): Promise<{ cage: Caged; at: (name: string) => string }> {
  const base = await temporaryFolder();
  await plant(join(base, 'work'), { 'a.txt': 'a\n', ...files });
  makeRepository(join(base, 'work'));
  for (const setting of settings) git(join(base, 'work'), 'config', ...setting);
  return { cage: await caged(base), at: (name) => join(base, 'work', name) };
}

const SAFE = 'git -c safe.directory=* -c user.name=t -c user.email=t@example.org';

describe('a work tree whose repository lies outside', () => {
  test.each(['writable', 'read-only'] as const)('git looks, and says what is so (%s)', async (workspace) => {
    const { base, cage } = await worktree();
    writeFileSync(join(cage.folder, 'a.txt'), 'b\n');
    const look = await cage.run(
      `${SAFE} status --short && ${SAFE} log --format=%s && ${SAFE} diff | tail -1 && ${SAFE} show main:a.txt && ${SAFE} branch --show-current`,
      { workspace },
    );
    expect(look).toMatchObject({
      ending: { kind: 'exited', code: 0 },
      output: ' M a.txt\nfirst\n+b\na\nside\n',
      quarantined: [],
    });
    expect(look.notes).toEqual([
      `the repository of this worktree, ${base}/main/.git, is there read-only: git can look but not commit`,
    ]);
  });

  test('it does not commit, and reaches nothing else of the repository', async () => {
    const { base, cage } = await worktree();
    writeFileSync(join(cage.folder, 'a.txt'), 'b\n');
    const before = git(join(base, 'main'), 'log', '--all', '--format=%H');
    const commit = await cage.run(`${SAFE} commit -qam second`);
    expect(commit.ending).toMatchObject({ kind: 'exited' });
    expect(commit.ending).not.toMatchObject({ code: 0 });
    expect(git(join(base, 'main'), 'log', '--all', '--format=%H')).toBe(before);
    const reach = await cage.run(
      `for p in main/a.txt main/.git/hooks/x main/.git/config main/.git/worktrees/work/HEAD; do echo evil >> ${base}/$p; done 2>/dev/null; cat ${base}/main/a.txt ${base}/private/p.txt; ls ${base}/main/.git/hooks; echo evil > .git; true`,
    );
    expect(reach.output).not.toMatch(/^(a|SECRET)$/m);
    expect(readFileSync(join(cage.folder, '.git'), 'utf8')).toMatch(/^gitdir: /);
    expect(readFileSync(join(base, 'main/.git/config'), 'utf8')).not.toContain('evil');
    expect(existsSync(join(base, 'main/.git/hooks/x'))).toBe(false);
  });

  test('a repository that a rule denies is not shown', async () => {
    const { base, cage } = await worktree();
    const result = await cage.run(`${SAFE} log; ls ${base}/main/.git`, { denied: [join(base, 'main')] });
    expect(result.output).toMatch(/not a git repository/);
    expect(result.output).toMatch(/cannot access|No such file/);
  });

  test.each([
    ['a private repository', (base: string) => `gitdir: ${base}/private/.git\n`],
    ['through the root of a process', (base: string) => `gitdir: /proc/self/root${base}/private/.git\n`],
    ['another one’s work tree', (base: string) => `gitdir: ${base}/main/.git/worktrees/other\n`],
  ])('a .git file that lies shows nothing: %s', async (_name, lie) => {
    const { base, cage } = await worktree();
    git(join(base, 'main'), 'worktree', 'add', '-q', join(base, 'other'));
    writeFileSync(join(cage.folder, '.git'), lie(base));
    const result = await cage.run(`${SAFE} show HEAD; ${SAFE} log -p; ls -a ${base} ${base}/private ${base}/main`);
    expect(result.output).not.toContain('SECRET');
    expect(result.output).not.toMatch(/first|p\.txt/);
    expect(result.notes).toEqual([expect.stringMatching(/is not shown, and git does not work here/)]);
  });
});

describe('what git’s configuration runs from the workspace', () => {
  test('hooks of husky cannot be written, nor made where there are none', async () => {
    const { cage, at } = await repository({ '.husky/pre-commit': 'npm test\n', '.husky/_/pre-commit': '#!/bin/sh\n' }, [
      'core.hooksPath',
      '.husky/_',
    ]);
    const result = await cage.run(
      'echo evil >> .husky/pre-commit; echo evil > .husky/_/post-checkout; mv .husky .gone; cat .husky/pre-commit; echo fine > b.txt',
    );
    expect(result.output).toMatch(/npm test\n$/);
    expect(readFileSync(at('.husky/pre-commit'), 'utf8')).toBe('npm test\n');
    expect(readdirSync(at('.husky/_'))).toEqual(['pre-commit']);
    expect(readFileSync(at('b.txt'), 'utf8')).toBe('fine\n');
    const bare = await repository({}, ['core.hooksPath', '.husky/_']);
    const made = await bare.cage.run('mkdir -p .husky/_ && echo evil > .husky/_/pre-commit; ls -A .husky');
    expect(made.ending).toMatchObject({ kind: 'exited' });
    expect(existsSync(bare.at('.husky'))).toBe(false);
  });

  test.each([
    ['core.fsmonitor', 'tools/watch.sh'],
    ['alias.x', '!tools/watch.sh --fast'],
    ['alias.y', '!sh tools/watch.sh'],
    ['diff.z.textconv', 'tools/watch.sh'],
    ['filter.f.clean', './tools/watch.sh %f'],
    ['include.path', '../tools/watch.sh'],
  ])('%s = %s: that file is read-only while a command runs, its neighbours are not', async (key, value) => {
    const { cage, at } = await repository({ 'tools/watch.sh': '# quiet\n', 'tools/other.sh': 'old\n' });
    git(cage.folder, 'config', key, value);
    const result = await cage.run(
      'echo evil > tools/watch.sh; mv tools/watch.sh tools/w; rm -f tools/watch.sh; mv tools moved; echo new > tools/other.sh; cat tools/watch.sh',
    );
    expect(result.output).toMatch(/# quiet\n$/);
    expect(readFileSync(at('tools/watch.sh'), 'utf8')).toBe('# quiet\n');
    expect(readFileSync(at('tools/other.sh'), 'utf8')).toBe('new\n');
    writeFileSync(at('tools/watch.sh'), '# mine\n'); // the user's own editor is free
  });

  test('a hook that is a link into the workspace: what it leads to is read-only', async () => {
    const { cage, at } = await repository({ 'scripts/check.sh': '#!/bin/sh\n' });
    chmodSync(at('scripts/check.sh'), 0o755);
    symlinkSync('../../scripts/check.sh', at('.git/hooks/pre-commit'));
    const result = await cage.run(
      'echo evil >> scripts/check.sh; rm -f scripts/check.sh; mv scripts s; echo fine > scripts/new.sh; cat scripts/check.sh',
    );
    expect(result.output).toMatch(/#!\/bin\/sh\n$/);
    expect(readFileSync(at('scripts/check.sh'), 'utf8')).toBe('#!/bin/sh\n');
    expect(existsSync(at('scripts/new.sh'))).toBe(true);
  });
});

describe('what a repository is told by files', () => {
  test.each(['info/attributes', 'objects/info/alternates', 'commondir', 'config.worktree'])(
    '.git/%s cannot be made, and is not there afterwards',
    async (name) => {
      const { cage, at } = await repository({});
      const result = await cage.run(
        `mkdir -p .git/${name.split('/').slice(0, -1).join('/')} ; echo evil > .git/${name}; ${SAFE} status --short; ${SAFE} commit -q --allow-empty -m second; echo end`,
      );
      expect(result.output).toMatch(/(Read-only file system|Permission denied)[\s\S]*end\n$/);
      expect(existsSync(at(`.git/${name}`))).toBe(false);
      expect(git(cage.folder, 'log', '--format=%s')).toBe('second\nfirst\n');
    },
  );

  test('without an info folder none can be brought along', async () => {
    const { cage, at } = await repository({});
    rmSync(at('.git/info'), { recursive: true });
    await cage.run(
      'mkdir -p .git/info; echo evil > .git/info/attributes; mkdir x; echo evil > x/attributes; mv x .git/info',
    );
    expect(existsSync(at('.git/info/attributes'))).toBe(false);
  });

  test('a new link in a repository is set aside, an old one stays', async () => {
    const { cage, at } = await repository({ 'evil.sh': 'evil\n' });
    symlinkSync('../a.txt', at('.git/old-link'));
    const result = await cage.run(
      'ln -s ../evil.sh .git/new-link; ln -s ../../../evil.sh .git/refs/heads/evil; echo done',
    );
    expect(result.output).toBe('done\n');
    expect(lstatSync(at('.git/old-link')).isSymbolicLink()).toBe(true);
    expect(lstatSync(at('.git/new-link'), { throwIfNoEntry: false })).toBeUndefined();
    expect(lstatSync(at('.git/refs/heads/evil'), { throwIfNoEntry: false })).toBeUndefined();
    expect(result.quarantined.join('\n')).toMatch(/\.git\/new-link appeared while the command ran/);
    expect(result.quarantined).toHaveLength(2);
  });
});
