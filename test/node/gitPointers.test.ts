import { execFileSync } from 'node:child_process';
import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { Scope } from '../../src/core/scope/scope.ts';
import { gitPointerOf } from '../../src/core/checkpoint/gitPointer.ts';
import { UnfinishedWrites } from '../../src/node/files/unfinishedWrites.ts';
import { RootedFiles } from '../../src/node/files/rootedFiles.ts';
import type { TreeStep } from '../../src/node/checkpoint/tree/entry.ts';
import { KeptTree } from '../../src/node/checkpoint/tree/keptTree.ts';
import { SCAN_LIMITS } from '../../src/node/checkpoint/tree/scan.ts';
import { surveyed } from '../../src/node/checkpoint/tree/foreseen.ts';
import { hasObject } from '../../src/node/git/objects.ts';
import { temporaryFolder } from '../support/tree.ts';

let root: string;
let data: string;

function git(folder: string, ...args: string[]): string {
  const settings = ['user.name=n', 'user.email=e@example.com', 'commit.gpgsign=false', 'protocol.file.allow=always'];
  const options = settings.flatMap((one) => ['-c', one]);
  return execFileSync('git', ['-C', folder, ...options, ...args], { encoding: 'utf8', stdio: 'pipe' }).trim();
}

function committed(folder: string, ...init: string[]): string {
  mkdirSync(folder, { recursive: true });
  git(folder, 'init', '-q', '-b', 'main', ...init);
  writeFileSync(join(folder, 'a.txt'), 'one\n');
  git(folder, 'add', '-A');
  git(folder, 'commit', '-qm', 'one');
  return git(folder, 'rev-parse', 'HEAD');
}

beforeEach(async () => {
  root = await temporaryFolder();
  data = await temporaryFolder();
});

function looked(tree: KeptTree): TreeStep[] {
  const { unread } = tree.look(false);
  tree.keep(unread);
  return tree.settle([]);
}

function pathsOf(steps: readonly TreeStep[]): string[] {
  return steps.map(({ path }) => path).sort();
}

function scopeFor(folder: string, own: { protected?: string[]; denied?: string[] } = {}): Scope {
  const of = (layer: 'built-in' | 'user', written: readonly string[] = []) =>
    written.map((one) => ({ written: one, origin: { layer } }));
  return new Scope({
    ...{ roots: [folder], home: '/home/u', allowed: [], secrets: [], denied: of('user', own.denied) },
    protected: [...of('built-in', ['.git']), ...of('user', own.protected)],
  });
}

function filesIn(folder = root): RootedFiles {
  const beside = { isStandIn: () => false, unfinished: new UnfinishedWrites(data) };
  return new RootedFiles(() => scopeFor(folder), [], beside);
}

test('what is a pointer, and what is none: hooks, configuration and the lines of a rebase never are', () => {
  const of = (rest: string): unknown => gitPointerOf(`/w/${rest}`);
  expect(of('.git/HEAD')).toEqual({ folder: '/w/.git', name: 'HEAD' });
  expect(of('in/.git/refs/heads/a/b')).toEqual({ folder: '/w/in/.git', name: 'refs/heads/a/b' });
  expect(of('.git/worktrees/x/index')).toEqual({ folder: '/w/.git/worktrees/x', name: 'index' });
  expect(of('.git/modules/a/b/HEAD')).toEqual({ folder: '/w/.git/modules/a/b', name: 'HEAD' });
  expect(of('.git/modules/m/worktrees/w/HEAD')).toEqual({ folder: '/w/.git/modules/m/worktrees/w', name: 'HEAD' });
  for (const none of [
    ...['.git/hooks/pre-commit', '.git/config', '.git/config.worktree', '.git/info/attributes', '.git/commondir'],
    ...[
      '.git/rebase-merge/git-rebase-todo',
      '.git/objects/info/alternates',
      '.git/refs/heads/a.lock',
      '.git/logs/HEAD',
    ],
    ...['.git/refs/heads/../../config', '.git/refs/../hooks/x', '.git/refs/heads/.hidden', '.git/refs/heads/a\nb'],
    ...['.git/worktrees/x/config', '.git/modules/m/hooks/post-checkout', '.git/modules/m/config', 'HEAD', '.git'],
  ])
    expect(of(none), none).toBeUndefined();
});

test('a look sees what git changed, packed or not; a look of git’s changes nothing; work trees and submodules are seen', async () => {
  committed(root);
  const other = await temporaryFolder();
  committed(other);
  git(root, 'submodule', 'add', '-q', other, 'sub');
  git(root, 'commit', '-qm', 'sub');
  git(root, 'branch', 'side');
  git(root, 'worktree', 'add', '-q', 'tree', 'side');
  const tree = new KeptTree(root, join(data, 'tree'), SCAN_LIMITS);
  looked(tree);
  git(root, 'update-index', '--refresh');
  git(root, 'status');
  git(root, 'pack-refs', '--all');
  git(root, 'gc', '-q');
  expect(pathsOf(looked(tree))).toEqual([]);
  git(join(root, 'tree'), 'commit', '-q', '--allow-empty', '-m', 'in the work tree');
  git(join(root, 'sub'), 'commit', '-q', '--allow-empty', '-m', 'in the submodule');
  git(root, 'tag', 'v1');
  expect(pathsOf(looked(tree)).filter((path) => !path.endsWith('index'))).toEqual([
    '.git/modules/sub/refs/heads/main',
    '.git/refs/heads/side',
    '.git/refs/tags/v1',
  ]);
  git(root, 'worktree', 'remove', 'tree');
  // A work tree’s own part goes as a whole: to bring pointers back into a folder that is none would be no undo.
  expect(pathsOf(looked(tree)).filter((path) => path.startsWith('.git/'))).toEqual(['.git/worktrees/tree']);
  git(root, 'init', '-q', 'made');
  expect(pathsOf(looked(tree))).toEqual(['made', 'made/.git']);
  tree.close();
});

test('tables of references, links and an index in two files are said not to be covered, and are not touched', () => {
  committed(join(root, 'tables'));
  mkdirSync(join(root, 'tables/.git/reftable'));
  committed(join(root, 'large'));
  git(join(root, 'large'), 'update-index', '--split-index');
  symlinkSync('large/.git', join(root, '.git'));
  expect(surveyed(root, SCAN_LIMITS).leftOut.sort()).toEqual(['.git', 'large/.git/index', 'tables/.git']);
  const tree = new KeptTree(root, join(data, 'tree'), SCAN_LIMITS);
  const { leftOut } = tree.look(false);
  expect(leftOut.sort()).toEqual(['.git', 'large/.git/index', 'tables/.git']);
  tree.close();
});

test('a pointer is set under git’s own lock, if it stands as expected, and names a commit that is there', async () => {
  const first = committed(root);
  git(root, 'commit', '-q', '--allow-empty', '-m', 'two');
  const files = filesIn();
  const path = join(root, '.git/refs/heads/main');
  const { image, value } = await files.pointer(path);
  expect(value).toBe(git(root, 'rev-parse', 'HEAD'));
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
  await expect(files.point(path, bytes(`${'1'.repeat(40)}\n`), image)).rejects.toThrow('git does not have any more');
  await expect(files.point(path, bytes('$(touch x)\n'), image)).rejects.toThrow('damaged');
  await expect(
    files.point(join(root, '.git/HEAD'), bytes('ref: ../../x\n'), (await files.pointer(join(root, '.git/HEAD'))).image),
  ).rejects.toThrow('damaged');
  await expect(files.point(path, bytes(`${first}\n`), { ...image, digest: '0'.repeat(64) })).rejects.toThrow('changed');
  writeFileSync(`${path}.lock`, '');
  await expect(files.point(path, bytes(`${first}\n`), image)).rejects.toThrow('git is at work there');
  expect(existsSync(`${path}.lock`)).toBe(true); // it is git’s
  rmSync(`${path}.lock`);
  for (const none of ['.git/hooks/pre-commit', '.git/config', 'a.txt'])
    await expect(files.point(join(root, none), bytes('x'), { path: none, kind: 'absent' })).rejects.toThrow(
      'none of what',
    );
  await files.point(path, bytes(`${first}\n`), image);
  expect(git(root, 'rev-parse', 'main')).toBe(first);
  expect(git(root, 'reflog', '-1', '--format=%gs')).toBe('undo: put back');
  expect(readdirSync(join(root, '.git/refs/heads'))).toEqual(['main']);
});

test('a branch is taken away wherever it is kept, and the others in the same list stay', async () => {
  committed(root);
  for (const name of ['a/one', 'a/two']) git(root, 'branch', name);
  git(root, 'tag', '-a', 'v1', '-m', 'v1');
  git(root, 'tag', '-a', 'v2', '-m', 'v2');
  git(root, 'pack-refs', '--all');
  git(root, 'branch', '-f', 'a/one');
  const before = git(root, 'for-each-ref', '--format=%(refname) %(objectname)').split('\n');
  const files = filesIn();
  for (const name of ['heads/a/one', 'tags/v1']) {
    const path = join(root, '.git/refs', name);
    await files.point(path, undefined, (await files.pointer(path)).image);
  }
  expect(git(root, 'for-each-ref', '--format=%(refname) %(objectname)').split('\n')).toEqual(
    before.filter((line) => !/heads\/a\/one|tags\/v1 /.test(line)),
  );
  git(root, 'fsck', '--strict');
});

test('where a link stands on the way, or the person’s policy protects or denies it, nothing is set', async () => {
  const first = committed(root);
  const path = join(root, '.git/refs/heads/main');
  const content = new TextEncoder().encode(`${first}\n`);
  const image = { path, kind: 'file' as const, digest: '0'.repeat(64) };
  for (const rules of [{ protected: ['.git/refs'] }, { denied: ['.git/refs'] }]) {
    const scope = scopeFor(root, rules);
    expect(scope.mayPoint(path)).toBe(false);
    const beside = { isStandIn: () => false, unfinished: new UnfinishedWrites(data) };
    const files = new RootedFiles(() => scope, [], beside);
    await expect(files.point(path, content, image)).rejects.toThrow('none of what');
  }
  expect(scopeFor(root).mayPoint(path)).toBe(true);
  const outside = await temporaryFolder();
  committed(outside);
  mkdirSync(join(root, 'in'));
  symlinkSync(join(outside, '.git'), join(root, 'in/.git'));
  const there = join(root, 'in/.git/refs/heads/main');
  await expect(filesIn().point(there, content, { ...image, path: there })).rejects.toThrow();
  expect(git(outside, 'rev-parse', 'main')).toBe(git(outside, 'rev-parse', 'HEAD'));
});

test('a lock that a killed process left goes with the next start, and one of git’s own stays', () => {
  committed(root);
  const heads = join(root, '.git/refs/heads');
  const unfinished = new UnfinishedWrites(data);
  const { name } = unfinished.begin(heads, 'main.lock');
  writeFileSync(join(heads, name), '');
  linkSync(join(heads, name), join(heads, 'main.lock'));
  const other = unfinished.begin(heads, 'side.lock');
  writeFileSync(join(heads, other.name), '');
  writeFileSync(join(heads, 'side.lock'), 'git’s');
  for (const note of readdirSync(join(data, 'writes'))) {
    const file = join(data, 'writes', note);
    writeFileSync(file, readFileSync(file, 'utf8').replace(/"pid":\d+/, '"pid":999999999'));
  }
  new UnfinishedWrites(data).recover();
  expect(readdirSync(heads).sort()).toEqual(['main', 'side.lock']);
});

test('an object is found loose, packed and borrowed; one that was pruned is not', async () => {
  const first = committed(root);
  const lost = git(root, 'commit-tree', '-m', 'lost', 'HEAD^{tree}');
  expect([first, lost].map((one) => hasObject(join(root, '.git'), one))).toEqual([true, true]);
  const borrower = join(await temporaryFolder(), 'b');
  git(root, 'clone', '-q', '--shared', root, borrower);
  git(root, 'gc', '-q', '--prune=now');
  expect([first, lost].map((one) => hasObject(join(root, '.git'), one))).toEqual([true, false]);
  expect([first, lost].map((one) => hasObject(join(borrower, '.git'), one))).toEqual([true, false]);
});
