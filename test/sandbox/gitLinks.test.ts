import { execFileSync, spawnSync } from 'node:child_process';
import { renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { gitOutside, type GitOutside } from '../../src/node/sandbox/gitOutside.ts';
import { git, makeRepository } from '../support/repository.ts';
import { plant, temporaryFolder } from '../support/tree.ts';

const NOTHING = { shown: [], hidden: [], gitFolders: [] };

/** A repository `main`, a work tree of it at `wt`, and somebody's `private` one. */
async function world(): Promise<string> {
  const base = await temporaryFolder();
  await plant(base, { 'main/a.txt': 'a\n', 'private/p.txt': 'SECRET\n', 'home/x': '' });
  makeRepository(join(base, 'main'));
  makeRepository(join(base, 'private'));
  git(join(base, 'main'), 'worktree', 'add', '-q', '-b', 'side', join(base, 'wt'));
  return base;
}

function outside(base: string, root = 'wt', more: { roots?: string[]; never?: string[] } = {}): Promise<GitOutside> {
  const roots = (more.roots ?? [root]).map((name) => join(base, name));
  return gitOutside(join(base, root), { home: join(base, 'home'), roots, never: more.never ?? [] });
}

/** Runs a command where nothing is there but the system, `root`, and what was shown, as the real cage mounts them. */
function within(root: string, { shown, hidden }: GitOutside, command: string): { status: number | null; text: string } {
  const mounts = [
    ...['--ro-bind', '/usr', '/usr', '--symlink', 'usr/bin', '/bin', '--symlink', 'usr/lib', '/lib'],
    ...['--symlink', 'usr/lib64', '/lib64', '--proc', '/proc', '--dev', '/dev', '--tmpfs', '/tmp'],
    ...shown.flatMap((path) => ['--ro-bind', path, path]),
    ...['--bind', root, root, '--ro-bind', `${root}/.git`, `${root}/.git`],
    ...hidden.flatMap((path) => ['--ro-bind', '/dev/null', path]),
    ...['--remount-ro', '/', '--chdir', root, '--clearenv', '--setenv', 'PATH', '/usr/bin:/bin'],
  ];
  const { status, stdout, stderr } = spawnSync('bwrap', ['--unshare-all', ...mounts, '/bin/sh', '-c', command], {
    encoding: 'utf8',
  });
  return { status, text: stdout + stderr };
}

describe('a work tree', () => {
  test('git can look in a cage that holds what is shown, and not commit', async () => {
    const base = await world();
    const found = await outside(base);
    const common = join(base, 'main/.git');
    expect(found.notes).toEqual([
      `the repository of this worktree, ${common}, is there read-only: git can look but not commit`,
    ]);
    expect(found.gitFolders).toEqual([common, `${common}/worktrees/wt`]);
    expect(found.hidden).toEqual([]);
    writeFileSync(join(base, 'wt/a.txt'), 'b\n');
    const look = within(
      join(base, 'wt'),
      found,
      'git status --short && git log --format=%s && git diff | tail -1 && git branch --show-current && git show main:a.txt',
    );
    expect(look).toEqual({ status: 0, text: ' M a.txt\nfirst\n+b\nside\na\n' });
    expect(within(join(base, 'wt'), found, 'git -c user.name=t -c user.email=t@e commit -qam x').status).not.toBe(0);
    expect(within(join(base, 'wt'), { ...found, shown: [] }, 'git log').status).not.toBe(0);
    expect(within(join(base, 'wt'), found, `cat ${base}/main/a.txt ${common}/hooks/*`).text).not.toMatch(/^a$/m);
  });

  test('only what git reads is shown: no credentials, no other repositories, no sockets', async () => {
    const base = await world();
    await plant(base, {
      'main/.git/credentials': 'SECRET',
      'main/.git/annex/creds/x': 'SECRET',
      'main/.git/modules/lib/HEAD': 'x',
      'main/.git/worktrees/other/HEAD': 'x',
    });
    execFileSync('mkfifo', [join(base, 'main/.git/worktrees/wt/fsmonitor--daemon.ipc')]);
    symlinkSync(join(base, 'private/.git/objects'), join(base, 'main/.git/reftable'));
    const { shown, hidden } = await outside(base);
    const names = shown.map((path) => relative(join(base, 'main/.git'), path)).sort();
    expect(names).toEqual(['HEAD', 'config', 'info', 'logs', 'objects', 'refs', 'worktrees/wt']);
    expect(hidden).toEqual([join(base, 'main/.git/worktrees/wt/fsmonitor--daemon.ipc')]);
  });

  test('with relative paths, as git 2.48 can write them; with an absolute commondir', async () => {
    const base = await world();
    writeFileSync(join(base, 'wt/.git'), 'gitdir: ../main/.git/worktrees/wt\n');
    writeFileSync(join(base, 'main/.git/worktrees/wt/gitdir'), '../../../../wt/.git\n');
    const found = await outside(base);
    expect(found.shown).toContain(join(base, 'main/.git/objects'));
    expect(within(join(base, 'wt'), found, 'git log --format=%s').text).toBe('first\n');
    writeFileSync(join(base, 'main/.git/worktrees/wt/commondir'), join(base, 'main/.git'));
    expect((await outside(base)).shown).toEqual(found.shown);
  });

  test('of a bare repository, beside it or in it', async () => {
    const base = await world();
    git(base, 'clone', '-q', '--bare', join(base, 'main'), join(base, 'bare'));
    git(join(base, 'bare'), 'worktree', 'add', '-q', join(base, 'bare/inner'), 'side');
    const found = await outside(base, 'bare/inner');
    expect(found.shown).toContain(join(base, 'bare/objects'));
    expect(found.shown).not.toContain(join(base, 'bare'));
    expect(within(join(base, 'bare/inner'), found, 'git status --short && git log --format=%s').text).toBe('first\n');
  });

  test('inside of another workspace folder there is nothing to show', async () => {
    const base = await world();
    expect(await outside(base, 'wt', { roots: ['main', 'wt'] })).toEqual({ ...NOTHING, notes: [] });
  });

  test('never what holds or lies in something that is kept from commands', async () => {
    const base = await world();
    for (const never of ['main', 'main/.git/objects', 'main/.git/worktrees/wt/logs']) {
      const found = await outside(base, 'wt', { never: [join(base, never)] });
      expect(found).toMatchObject(NOTHING);
      expect(found.notes.join()).toContain('no command may see');
    }
  });

  test('secrets in its configuration and borrowed objects are told', async () => {
    const base = await world();
    git(join(base, 'main'), 'remote', 'add', 'origin', 'https://me:hunter22@example.org/x.git');
    git(base, 'clone', '-q', '--shared', join(base, 'main'), join(base, 'shared'));
    expect((await outside(base)).notes[1]).toMatch(/config seems to hold a password or token/);
    expect((await outside(base)).notes.join()).not.toContain('hunter22');
    const found = await outside(base, 'shared');
    expect(found).toMatchObject(NOTHING);
    expect(found.notes).toEqual([expect.stringMatching(/borrows objects of a repository elsewhere/)]);
    // A command could make the list a link, to have what it leads to told.
    rmSync(join(base, 'shared/.git/objects/info/alternates'));
    symlinkSync(join(base, 'private/p.txt'), join(base, 'shared/.git/objects/info/alternates'));
    expect((await outside(base, 'shared')).notes.join()).not.toContain('SECRET');
    expect((await outside(base, 'main')).notes).toEqual([]);
  });
});

describe('a submodule that was opened by itself', () => {
  async function submodule(): Promise<string> {
    const base = await world();
    git(join(base, 'main'), '-c', 'protocol.file.allow=always', 'submodule', '-q', 'add', '../private', 'lib/sub');
    return base;
  }

  test('git can look', async () => {
    const base = await submodule();
    const gitFolder = join(base, 'main/.git/modules/lib/sub');
    const found = await outside(base, 'main/lib/sub');
    expect(found.notes).toEqual([
      `the repository of this submodule, ${gitFolder}, is there read-only: git can look but not commit`,
    ]);
    expect(found.gitFolders).toEqual([gitFolder]);
    expect(found.shown).toContain(join(gitFolder, 'index'));
    expect(found.shown).not.toContain(join(gitFolder, 'hooks'));
    expect(within(join(base, 'main/lib/sub'), found, 'git status --short && git log --format=%s')).toEqual({
      status: 0,
      text: 'first\n',
    });
  });

  test.each([
    ['another work tree', ['core.worktree', '../../../../../wt'], /in return/],
    ['none', ['--unset', 'core.worktree'], /in return/],
  ])('not if its configuration names %s', async (_name, args, note) => {
    const base = await submodule();
    git(base, 'config', '--file', join(base, 'main/.git/modules/lib/sub/config'), ...args);
    const found = await outside(base, 'main/lib/sub');
    expect(found).toMatchObject(NOTHING);
    expect(found.notes.join()).toMatch(note);
  });

  test('not if it lies in no superproject, or its configuration cannot be read', async () => {
    const base = await submodule();
    renameSync(join(base, 'main/.git/HEAD'), join(base, 'main/.git/GONE'));
    expect(await outside(base, 'main/lib/sub')).toMatchObject(NOTHING);
    renameSync(join(base, 'main/.git/GONE'), join(base, 'main/.git/HEAD'));
    writeFileSync(join(base, 'main/.git/modules/lib/sub/config'), '[core\n');
    const found = await outside(base, 'main/lib/sub');
    expect(found).toMatchObject(NOTHING);
    expect(found.notes.join()).toContain('line 1');
  });
});

describe('a .git file that lies', () => {
  /** Written into a downloaded folder `evil`, with `B` for the base folder. */
  const LIES: [string, Record<string, string>][] = [
    ['a private repository', { 'evil/.git': 'gitdir: B/private/.git\n' }],
    ['somebody else’s work tree', { 'evil/.git': 'gitdir: B/main/.git/worktrees/wt\n' }],
    [
      'its own work tree folder with a private commondir',
      {
        'evil/.git': 'gitdir: B/own/worktrees/x\n',
        'own/worktrees/x/gitdir': 'B/evil/.git\n',
        'own/worktrees/x/commondir': 'B/private/.git\n',
        'own/worktrees/x/HEAD': 'ref: refs/heads/main\n',
      },
    ],
    [
      'a back pointer to a neighbour',
      {
        'evil/.git': 'gitdir: B/own/worktrees/x\n',
        'own/HEAD': 'x',
        'own/objects/x': '',
        'own/refs/x': '',
        'own/worktrees/x/gitdir': 'B/evil2/.git\n',
        'own/worktrees/x/commondir': '../..\n',
      },
    ],
    [
      'a back pointer that is not to .git',
      {
        'evil/.git': 'gitdir: B/own/worktrees/x\n',
        'own/HEAD': 'x',
        'own/objects/x': '',
        'own/refs/x': '',
        'own/worktrees/x/gitdir': 'B/evil/git\n',
        'own/worktrees/x/commondir': '../..\n',
      },
    ],
    ['the process’s own root', { 'evil/.git': 'gitdir: /proc/self/root' + 'B/private/.git\n' }],
    ['the whole file system', { 'evil/.git': 'gitdir: /\n' }],
    ['the home folder', { 'evil/.git': 'gitdir: B/home\n' }],
    ['a device', { 'evil/.git': 'gitdir: /dev\n' }],
    ['nothing', { 'evil/.git': 'gitdir: \n' }],
    ['nothing that exists', { 'evil/.git': 'gitdir: B/absent\n' }],
    ['two lines', { 'evil/.git': 'gitdir: B/main/.git\nB/private/.git\n' }],
    ['a NUL', { 'evil/.git': 'gitdir: B/private/.git\0x\n' }],
    ['without the word', { 'evil/.git': 'B/private/.git\n' }],
    ['much too much', { 'evil/.git': `gitdir: B/private/.git${'/'.repeat(70_000)}\n` }],
  ];

  test.each(LIES)('%s', async (_name, files) => {
    const base = await world();
    await plant(
      base,
      Object.fromEntries(Object.entries(files).map(([name, text]) => [name, text.replaceAll('B/', `${base}/`)])),
    );
    const found = await outside(base, 'evil');
    expect(found).toMatchObject(NOTHING);
    expect(found.notes).toHaveLength(1);
    expect(found.notes[0]).toMatch(/is not shown, and git does not work here/);
  });

  test('links on the way, and links in place of what is read', async () => {
    const base = await world();
    symlinkSync(join(base, 'main'), join(base, 'alias'));
    writeFileSync(join(base, 'wt/.git'), `gitdir: ${base}/alias/.git/worktrees/wt\n`);
    expect((await outside(base)).notes.join()).toContain('through a link');
    writeFileSync(join(base, 'wt/.git'), `gitdir: ${base}/main/.git/worktrees/wt\n`);
    writeFileSync(join(base, 'private/token'), 'SECRET');
    const commondir = join(base, 'main/.git/worktrees/wt/commondir');
    rmSync(commondir);
    symlinkSync(join(base, 'private/token'), commondir);
    const found = await outside(base);
    expect(found).toMatchObject(NOTHING);
    expect(found.notes.join()).not.toContain('SECRET');
  });

  test('a private repository within a repository of the attacker is not brought along', async () => {
    const base = await world();
    await plant(base, {
      'evil/.git': 'gitdir: ../own/worktrees/x\n',
      'own/HEAD': 'ref: refs/heads/main\n',
      'own/refs/x': '',
      'own/objects/info/alternates': `${base}/private/.git/objects\n`,
      'own/worktrees/x/gitdir': `${base}/evil/.git\n`,
      'own/worktrees/x/commondir': '../..\n',
      'own/documents/x': 'SECRET',
    });
    const found = await outside(base, 'evil');
    expect(found.shown.sort()).toEqual(
      ['HEAD', 'objects', 'refs', 'worktrees/x'].map((name) => join(base, 'own', name)),
    );
    expect(found.notes.join()).not.toContain('private');
    expect(found.notes.join()).toContain('borrows objects');
    // Without objects of its own there is nothing that could be a repository.
    renameSync(join(base, 'own/objects'), join(base, 'gone'));
    symlinkSync(join(base, 'private/.git/objects'), join(base, 'own/objects'));
    expect(await outside(base, 'evil')).toMatchObject(NOTHING);
  });
});
