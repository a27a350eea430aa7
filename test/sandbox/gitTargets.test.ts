import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { GitPlan } from '../../src/node/sandbox/gitParts.ts';
import { generalConfiguration } from '../../src/node/sandbox/gitSources.ts';
import { gitTargets } from '../../src/node/sandbox/gitTargets.ts';
import { git } from '../support/repository.ts';
import { plant, temporaryFolder } from '../support/tree.ts';

describe('what configuration makes git run from the workspace', () => {
  interface Setup {
    config?: string;
    global?: string;
    files?: Record<string, string>;
  }

  /** The targets in a repository at `base`/w, with `B` in configuration for the base folder; paths relative to `w`. */
  async function targets(
    { config = '', global, files = {} }: Setup,
    sub = '.',
  ): Promise<{ plan: Omit<GitPlan, 'absent'>; base: string }> {
    const base = await temporaryFolder();
    const root = join(base, 'w');
    const worktree = join(root, sub);
    mkdirSync(worktree, { recursive: true });
    git(worktree, 'init', '-q');
    writeFileSync(
      join(worktree, '.git/config'),
      readFileSync(join(worktree, '.git/config'), 'utf8') + config.replaceAll('B/', `${base}/`),
    );
    await plant(root, files);
    if (global !== undefined) await plant(base, { 'home/.gitconfig': global.replaceAll('B/', `${base}/`) });
    const home = join(base, 'home');
    const plan = await gitTargets(join(worktree, '.git'), worktree, {
      home,
      roots: [root],
      general: generalConfiguration(home).filter((path) => path.startsWith(home)),
      isStandIn: () => false,
    });
    const short = (path: string): string => relative(root, path);
    return {
      base,
      plan: {
        readOnly: plan.readOnly.map(short).sort(),
        placeholders: plan.placeholders.map((one) => ({ ...one, path: short(one.path) })),
        links: plan.links.map(short),
      },
    };
  }

  test('a fresh repository: nothing', async () => {
    expect((await targets({ files: { 'src/x': '' } })).plan).toEqual({ readOnly: [], placeholders: [], links: [] });
  });

  const PRESENT: [config: string, files: string[], readOnly: string[]][] = [
    ['[core] hooksPath = .githooks', ['.githooks/pre-commit'], ['.githooks']],
    ['[core] HooksPath = "B/w/.githooks/"', ['.githooks/pre-commit'], ['.githooks']],
    ['[core] hooksPath = .husky/_', ['.husky/_/h', '.husky/pre-commit'], ['.husky']],
    ['[core] hooksPath = ./a/../hooks', ['hooks/x', 'a/x'], ['hooks']],
    ['[include] path = ../.gitconfig', ['.gitconfig'], ['.gitconfig']],
    ['[includeIf "onbranch:x"] path = ../.gitconfig', ['.gitconfig'], ['.gitconfig']],
    ['[core] fsmonitor = tools/watch', ['tools/watch', 'tools/y'], ['tools/watch']],
    ['[core] sshCommand = ssh -F etc/ssh', ['etc/ssh'], ['etc/ssh']],
    ['[core] editor = "\'my tools/edit\' -w"', ['my tools/edit'], ['my tools/edit']],
    ['[core] pager = sh pager.sh', ['pager.sh', 'sh'], ['pager.sh']],
    ['[sequence] editor = ./seq', ['seq'], ['seq']],
    ['[diff "x.y"] textconv = python3 tools/conv.py', ['tools/conv.py'], ['tools/conv.py']],
    ['[diff "x"] command = ./d', ['d'], ['d']],
    ['[merge "x"] driver = node merge.mjs %O %A %B', ['merge.mjs'], ['merge.mjs']],
    ['[filter "x"] clean = ./c %f\nsmudge = ./s\nprocess = ./p', ['c', 's', 'p'], ['c', 'p', 's']],
    ['[credential "https://x.y"] helper = "!f() { ./cred; }; f"', ['cred'], ['cred']],
    ['[credential] helper = store --file cred.txt', ['cred.txt', 'store'], ['cred.txt']],
    ['[gpg "ssh"] program = bin/sign', ['bin/sign'], ['bin/sign']],
    ['[alias] x = !cd tools && ./run', ['tools/run', 'src/x'], ['tools']],
    ['[alias] x = !sh x.sh\ny = log -- src', ['x.sh', 'src/y', 'log/z'], ['x.sh']],
    ['[alias] x = rebase --exec=./check.sh', ['check.sh'], ['check.sh']],
    ['[core] attributesFile = attrs', ['attrs'], ['attrs']],
    ['[commit] template = .gitmessage', ['.gitmessage'], ['.gitmessage']],
    ['[remote "o"] uploadpack = ./up', ['up'], ['up']],
    ['[remote "o"] url = ext::sh tools/x.sh', ['tools/x.sh'], ['tools/x.sh']],
    ['[core] pager = cat .git/HEAD .git/own.sh', ['.git/own.sh'], ['.git/own.sh']],
    ['[core] editor = code --wait', ['code/x', 'wait/x'], []],
    ['[core] worktree = ..\n[init] defaultBranch = main\n[user] name = src', ['main/x', 'src/x'], []],
    ['[alias] x = !git add . && git commit', ['add/x', 'commit/x'], []],
  ];

  test.each(PRESENT)('%s', async (config, files, readOnly) => {
    const { plan } = await targets({ config, files: Object.fromEntries(files.map((name) => [name, ''])) });
    expect(plan).toEqual({ readOnly, placeholders: [], links: [] });
  });

  const folder = (path: string): object => ({ path, kind: 'folder', content: '' });

  test.each([
    ['[core] hooksPath = .husky/_', {}, folder('.husky')],
    ['[core] hooksPath = tools/hooks', { 'tools/x': '' }, folder('tools/hooks')],
    ['[core] hooksPath = a/b/c', {}, folder('a')],
    ['[init] templateDir = B/w/template', {}, folder('template')],
    ['[include] path = ../.gitconfig', {}, { path: '.gitconfig', kind: 'file', content: '' }],
    ['[include] path = ../a/b', {}, folder('a')],
  ])('absent: %s', async (config, files, placeholder) => {
    expect((await targets({ config, files })).plan).toEqual({ readOnly: [], placeholders: [placeholder], links: [] });
  });

  test('settings of the account, and files that files include', async () => {
    expect(
      (await targets({ global: '[core]\n\thooksPath = .githooks\n', files: { '.githooks/x': '' } })).plan.readOnly,
    ).toEqual(['.githooks']);
    const { plan } = await targets({
      global: '[include] path = more\n[alias] z = "!B/w/z.sh; ~/../w/y.sh; $HOME/../w/x.sh"',
      config: '[include] path = ../one.cfg\n',
      files: {
        'one.cfg': '[include]\npath = deep/two.cfg\n',
        'deep/two.cfg': '[core]\nfsmonitor = ./watch\n',
        watch: '',
        'x.sh': '',
        'y.sh': '',
        'z.sh': '',
      },
    });
    expect(plan.readOnly).toEqual(['deep/two.cfg', 'one.cfg', 'watch', 'x.sh', 'y.sh', 'z.sh']);
  });

  test('in a bare repository hooks start from its own folder', async () => {
    const { plan } = await targets({
      config: '[core]\n\tbare = true\n\thooksPath = h\n',
      files: { '.git/h/x': '', 'h/x': '' },
    });
    expect(plan.readOnly).toEqual(['.git/h', 'h']);
  });

  test('config.worktree; a nested repository may name what lies above it', async () => {
    const config = '[core]\n\thooksPath = ../hooks\n';
    expect((await targets({ config, files: { 'hooks/x': '' } }, 'sub')).plan.readOnly).toEqual(['hooks']);
    const files = { '.git/config.worktree': '[core] hooksPath = h', 'h/x': '' };
    expect((await targets({ files })).plan.readOnly).toEqual(['h']);
  });

  test('links: the link is what has to be held, and what it leads to', async () => {
    const base = await temporaryFolder();
    await plant(base, { 'w/real/hooks/x': '', 'home/x': '' });
    git(join(base, 'w'), 'init', '-q');
    symlinkSync('real', join(base, 'w/named'));
    git(join(base, 'w'), 'config', 'core.hooksPath', 'named/hooks');
    const plan = await gitTargets(join(base, 'w/.git'), join(base, 'w'), {
      home: join(base, 'home'),
      roots: [join(base, 'w')],
      general: [],
      isStandIn: () => false,
    });
    expect(plan).toEqual({
      readOnly: [join(base, 'w/real/hooks')],
      placeholders: [],
      links: [join(base, 'w/named')],
      absent: [],
    });
  });

  test('what is there only as another call’s placeholder counts as absent', async () => {
    const base = await temporaryFolder();
    mkdirSync(join(base, '.githooks'));
    git(base, 'init', '-q');
    git(base, 'config', 'core.hooksPath', '.githooks');
    const plan = await gitTargets(join(base, '.git'), base, {
      home: '/nonexistent',
      roots: [base],
      general: [],
      isStandIn: (path) => path === join(base, '.githooks'),
    });
    expect(plan).toEqual({
      readOnly: [],
      placeholders: [{ path: join(base, '.githooks'), kind: 'folder', content: '' }],
      links: [],
      absent: [],
    });
  });

  test.each([
    ['hooks at the top of the work tree', { config: '[core] hooksPath = .' }, /core.hooksPath/],
    ['hooks in .git itself', { config: '[core] hooksPath = .git' }, /core.hooksPath/],
    ['a broken file', { config: '[core\n' }, /\.git\/config: line \d+/],
    ['a broken file of the account', { global: '[user]\nname = "x\n' }, /\.gitconfig: line 2/],
    ['a broken included file', { config: '[include] path = ../c', files: { c: '\n\n=' } }, /\/c: line 3/],
    ['a folder in place of a file', { config: '[include] path = ../c', files: { 'c/x': '' } }, /not a file/],
    [
      'too deep',
      {
        config: '[include] path = ../c0',
        files: Object.fromEntries(Array.from({ length: 8 }, (_, n) => [`c${n}`, `[include] path = c${n + 1}`])),
      },
      /too deep/,
    ],
    ['too large', { config: `# ${'x'.repeat(1024 ** 2)}` }, /larger than/],
  ] as [string, Setup, RegExp][])('a refusal: %s', async (_name, setup, message) => {
    await expect(targets(setup)).rejects.toThrow(message);
  });

  test('a circle of includes ends', async () => {
    const { plan } = await targets({
      config: '[include] path = ../c',
      files: { c: '[include] path = c\npath = .git/config' },
    });
    expect(plan.readOnly).toEqual(['.git/config', 'c']);
  });
});
