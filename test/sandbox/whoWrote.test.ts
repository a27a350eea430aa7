import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, test, type TestContext } from 'vitest';
import type { SandboxResult } from '../../src/core/sandbox/port.ts';
import { git, makeRepository } from '../support/repository.ts';
import { within } from '../support/processes.ts';
import { caged } from '../support/sandboxRun.ts';
import { plant, temporaryFolder } from '../support/tree.ts';

interface World {
  base: string;
  work: string;
}

/** A command that says that it began, and then waits for a file without doing anything meanwhile. */
const WAITING = 'touch begun; sleep 6; [ -e .git/HEAD ]';
/** One that never waits: of what appears nobody can tell whether it made it. */
const WORKING = 'touch begun; end=$((SECONDS + 5)); while [ $SECONDS -lt $end ]; do :; done';

/** Somebody acts in the workspace while a command sleeps there; `first` and `last` are the command's own doing. */
async function beside(
  { onTestFinished, expect }: TestContext,
  act: (world: World) => void,
  { first = 'true', meanwhile = WAITING, last = 'true' }: { first?: string; meanwhile?: string; last?: string } = {},
): Promise<{ result: SandboxResult; world: World }> {
  const base = await temporaryFolder(onTestFinished);
  const cage = await caged(base);
  await plant(base, { 'work/a.txt': 'a\n', 'other/readme.txt': 'x\n', 'work/old/pre-commit': 'evil\n' });
  for (const folder of [cage.folder, join(base, 'other')]) makeRepository(folder);
  const world = { base, work: cage.folder };
  const running = cage.run(`${first}; ${meanwhile}; ${last}`);
  expect(await within(20_000, () => existsSync(join(cage.folder, 'begun')))).toBe(true);
  await new Promise((resolve) => setTimeout(resolve, 500)); // until it sleeps
  act(world);
  return { result: await running, world };
}

function write(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

const PERSONS: [string, string, (world: World) => void][] = [
  [
    'a work tree',
    '.git/worktrees/wt',
    ({ base, work }) => git(work, 'worktree', 'add', '-q', join(base, 'wt'), '-b', 'f'),
  ],
  ['a clone', 'vendor/lib/.git', ({ base, work }) => git(work, 'clone', '-q', join(base, 'other'), 'vendor/lib')],
  ['a bare repository', 'bare/HEAD', ({ work }) => git(work, 'init', '-q', '--bare', 'bare')],
  ['a hook of a manager', '.husky/pre-commit', ({ work }) => write(join(work, '.husky/pre-commit'), 'echo\n')],
  ['settings of an agent', '.claude/settings.json', ({ work }) => write(join(work, '.claude/settings.json'), '{}')],
  ['submodules', '.gitmodules', ({ work }) => write(join(work, '.gitmodules'), '')],
  [
    'settings further down',
    'app/.vscode/settings.json',
    ({ work }) => write(join(work, 'app/.vscode/settings.json'), '{}'),
  ],
];

describe('what somebody else made while a command runs is left', () => {
  test.concurrent('work trees, clones, hooks, settings', async (context) => {
    const { result, world } = await beside(context, (where) => {
      for (const [, , act] of PERSONS) act(where);
    });
    for (const [name, path] of PERSONS) context.expect(existsSync(join(world.work, path)), name).toBe(true);
    context.expect(result.quarantined).toEqual([]);
    context.expect(result.notes.join('\n')).toContain('the command did not make it, and it is left as it is');
  });

  test.concurrent('a commit of a protected file', async (context) => {
    const { result, world } = await beside(context, ({ work }) => {
      write(join(work, '.husky/pre-commit'), 'echo\n');
      git(work, 'add', '.husky');
      git(work, 'commit', '-q', '-m', 'mine');
    });
    context.expect(result.quarantined).toEqual([]);
    context.expect(git(world.work, 'log', '--format=%s')).toBe('mine\nfirst\n');
    context.expect(git(world.work, 'status', '--short', '.husky')).toBe('');
  });
});

test.concurrent('parts of repositories that make git run nothing are left, whoever made them', async (context) => {
  const work = (world: World): void => {
    for (const [, , act] of PERSONS.slice(0, 3)) act(world);
  };
  const { result, world } = await beside(context, work, { meanwhile: WORKING });
  for (const [, path] of PERSONS.slice(0, 3)) context.expect(existsSync(join(world.work, path)), path).toBe(true);
  context.expect(result.quarantined).toEqual([]);
  context.expect(git(join(world.base, 'wt'), 'status', '--short', '--branch')).toBe('## f\n');
});

test.concurrent('what runs something is set aside where nobody can tell who made it', async (context) => {
  const write_ = ({ work }: World): void => {
    git(work, 'init', '-q', 'new');
    write(join(work, 'new/.git/hooks/pre-commit'), 'echo\n');
  };
  const { result, world } = await beside(context, write_, { meanwhile: WORKING });
  context.expect(existsSync(join(world.work, 'new/.git'))).toBe(false);
  context.expect(result.quarantined.join('\n')).toContain('if you made it, move it back');
});

const COMMANDS: [string, string, string, ((world: World) => void)?][] = [
  ['a hook of its own', 'mkdir .husky; echo evil > .husky/pre-commit', '.husky'],
  ['a repository of its own', 'git init -q new; echo evil > new/.git/hooks/pre-commit', 'new/.git'],
  [
    'its hook in a folder to which somebody else adds one',
    'mkdir .husky; echo evil > .husky/pre-commit',
    '.husky',
    ({ work }) => write(join(work, '.husky/mine'), 'echo\n'),
  ],
  [
    'an old folder that it renamed, to which somebody else adds a file',
    'mv old .husky',
    '.husky',
    ({ work }) => write(join(work, '.husky/mine'), 'echo\n'),
  ],
  [
    'its file that somebody else writes to',
    'echo "[submodule]" > .gitmodules',
    '.gitmodules',
    ({ work }) => writeFileSync(join(work, '.gitmodules'), '# mine\n', { flag: 'a' }),
  ],
  [
    'its file that somebody else renames',
    'mkdir app; echo evil > app/x',
    'app/.envrc',
    ({ work }) => renameSync(join(work, 'app/x'), join(work, 'app/.envrc')),
  ],
];

test.concurrent.for(COMMANDS)('what a command made is set aside: %s', async ([, first, path, act], context) => {
  const { result, world } = await beside(context, act ?? (() => undefined), { first });
  context.expect(existsSync(join(world.work, path))).toBe(false);
  context.expect(result.quarantined.join('\n')).toContain(join(world.work, path));
});

test.concurrent('so is what it adds to what somebody else made', async (context) => {
  const clone = ({ base, work }: World): void => void git(work, 'clone', '-q', join(base, 'other'), 'vendor/lib');
  const { result, world } = await beside(context, clone, { last: 'echo evil > vendor/lib/.git/hooks/post-checkout' });
  context.expect(existsSync(join(world.work, 'vendor/lib/.git'))).toBe(false);
  context.expect(result.quarantined.join('\n')).toContain('vendor/lib/.git');
});

test.concurrent('what a command stages for the next commit of somebody else is put back', async (context) => {
  const stage =
    'd=$(echo evil | git hash-object -w --stdin); git update-index --add --cacheinfo 100755,$d,.husky/pre-commit';
  const { result, world } = await beside(
    context,
    ({ work }) => {
      writeFileSync(join(work, 'a.txt'), 'mine\n');
      git(work, 'add', 'a.txt');
      git(work, 'commit', '-q', '-m', 'mine');
    },
    { first: stage },
  );
  context.expect(result.quarantined.join('\n')).toContain('.husky/pre-commit is protected');
  context.expect(git(world.work, 'ls-files')).not.toContain('.husky');
});
