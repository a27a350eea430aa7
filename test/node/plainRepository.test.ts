import { appendFileSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isPlainPart } from '../../src/node/sandbox/plainRepository.ts';
import { git, makeRepository } from '../support/repository.ts';
import { plant, temporaryFolder } from '../support/tree.ts';

/** A workspace with a clone, a work tree, a submodule and a bare repository, as git makes them. */
async function workspace(): Promise<string> {
  const base = await temporaryFolder();
  await plant(base, { 'work/a.txt': 'a\n', 'other/b.txt': 'b\n' });
  const work = join(base, 'work');
  for (const folder of [work, join(base, 'other')]) makeRepository(folder);
  git(work, 'clone', '-q', join(base, 'other'), 'vendor/lib');
  git(work, 'worktree', 'add', '-q', 'wt', '-b', 'f');
  git(work, 'worktree', 'add', '-q', join(base, 'elsewhere'), '-b', 'g');
  git(work, '-c', 'protocol.file.allow=always', 'submodule', 'add', '-q', join(base, 'other'), 'deps/sub');
  git(work, 'init', '-q', '--bare', 'bare');
  return work;
}

const PARTS = ['vendor/lib/.git', '.git/worktrees', 'wt/.git', '.git/modules', 'deps/sub/.git', 'bare/HEAD'];

test('what git makes itself is plain', async () => {
  const work = await workspace();
  for (const part of PARTS) expect(isPlainPart(join(work, part), [work]), part).toBe(true);
});

const config = (file: string, text: string) => (work: string) => appendFileSync(join(work, file), text);
const file =
  (name: string, text = 'evil\n') =>
  (work: string) => {
    mkdirSync(join(work, name, '..'), { recursive: true });
    writeFileSync(join(work, name), text);
  };

function linkTo(work: string): void {
  mkdirSync(join(work, 'other'));
  symlinkSync('../vendor/lib/.git', join(work, 'other/.git'));
}

const CHANGED: [string, string, (work: string) => void][] = [
  ['a hook', 'vendor/lib/.git', file('vendor/lib/.git/hooks/post-checkout')],
  ['a program in the configuration', 'vendor/lib/.git', config('vendor/lib/.git/config', '[core]\nfsmonitor = evil\n')],
  ['hooks elsewhere', 'vendor/lib/.git', config('vendor/lib/.git/config', '[core]\nhooksPath = ../x\n')],
  ['an alias', 'vendor/lib/.git', config('vendor/lib/.git/config', '[alias]\nst = !evil\n')],
  ['an include', 'vendor/lib/.git', config('vendor/lib/.git/config', '[include]\npath = ../evil\n')],
  ['a helper’s address', 'vendor/lib/.git', config('vendor/lib/.git/config', '[remote "x"]\nurl = ext::evil\n')],
  [
    'an option as an address',
    'vendor/lib/.git',
    config('vendor/lib/.git/config', '[remote "x"]\nurl = --upload-pack=evil\n'),
  ],
  [
    'a second configuration',
    'vendor/lib/.git',
    config('vendor/lib/.git/config', '[extensions]\nworktreeConfig = true\n'),
  ],
  ['another work tree', 'vendor/lib/.git', config('vendor/lib/.git/config', '[core]\nworktree = ../..\n')],
  ['no configuration that can be read', 'vendor/lib/.git', config('vendor/lib/.git/config', '[core\n')],
  ['a folder elsewhere', 'vendor/lib/.git', file('vendor/lib/.git/commondir', '../../evil\n')],
  ['attributes', 'vendor/lib/.git', file('vendor/lib/.git/info/attributes', '* filter=x\n')],
  ['objects of others', 'vendor/lib/.git', file('vendor/lib/.git/objects/info/alternates', '/x\n')],
  ['a rebase to go on with', 'vendor/lib/.git', file('vendor/lib/.git/rebase-merge/git-rebase-todo', 'exec evil\n')],
  ['a link', 'vendor/lib/.git', (work) => symlinkSync('/tmp', join(work, 'vendor/lib/.git/refs/x'))],
  ['half a repository', 'vendor/lib/.git', (work) => rmSync(join(work, 'vendor/lib/.git/HEAD'))],
  ['a link as a repository', 'other/.git', linkTo],
  [
    'a work tree’s own configuration',
    '.git/worktrees',
    file('.git/worktrees/wt/config.worktree', '[core]\nfsmonitor = evil\n'),
  ],
  ['a work tree of another repository', '.git/worktrees', file('.git/worktrees/wt/commondir', '../../../evil\n')],
  ['a work tree without a head', '.git/worktrees', (work) => rmSync(join(work, '.git/worktrees/wt/HEAD'))],
  ['a pointer out of the workspace', 'wt/.git', file('wt/.git', 'gitdir: /tmp/evil/.git/worktrees/wt\n')],
  ['a pointer to no part of a repository', 'wt/.git', file('wt/.git', 'gitdir: ../vendor\n')],
  ['a pointer out by a way around', 'wt/.git', file('wt/.git', 'gitdir: ../.git/worktrees/../../../evil\n')],
  ['a hook of a submodule', '.git/modules', file('.git/modules/deps/sub/hooks/post-checkout')],
  [
    'a submodule over another folder',
    '.git/modules',
    (work) => renameSync(join(work, 'deps/sub'), join(work, 'deps/moved')),
  ],
  ['an empty folder of submodules', '.git/modules', (work) => mkdirSync(join(work, '.git/modules/empty'))],
  ['a hook of a bare one', 'bare/HEAD', file('bare/hooks/post-receive')],
  ['other files beside a bare one', 'bare/HEAD', file('bare/package.json')],
];

test.each(CHANGED)('not with %s', async (_name, part, change) => {
  const work = await workspace();
  expect(isPlainPart(join(work, part), [work])).toBe(part !== 'other/.git');
  change(work);
  expect(isPlainPart(join(work, part), [work])).toBe(false);
});

/** Where its submodules come from is for whoever fetches them to know. */
test('nothing else is', async () => {
  const work = await workspace();
  await plant(work, { '.husky/pre-commit': 'echo\n', '.vscode/settings.json': '{}', 'modules/x': '' });
  for (const part of ['.husky', '.vscode', '.gitmodules', 'a.txt', '.git/rebase-merge', '.git/hooks', 'modules'])
    expect(isPlainPart(join(work, part), [work]), part).toBe(false);
});
