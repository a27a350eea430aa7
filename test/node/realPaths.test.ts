import { mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { realPaths } from '../../src/node/files/realPath.ts';
import { temporaryFolder } from '../support/tree.ts';

test('links are followed as far as a path exists; the rest stays as it is written', async () => {
  const base = realpathSync(await temporaryFolder());
  mkdirSync(join(base, 'a/b'), { recursive: true });
  writeFileSync(join(base, 'a/file'), '');
  symlinkSync('a', join(base, 'link'));
  symlinkSync('nowhere/at/all', join(base, 'dangling'));
  symlinkSync('loop', join(base, 'loop'));
  symlinkSync(join(base, 'link/b'), join(base, 'a/far'));
  const real = realPaths();
  const rows: [string, string][] = [
    ['a', 'a'],
    ['link', 'a'],
    ['link/b', 'a/b'],
    ['link/b/x/y', 'a/b/x/y'],
    ['link/far', 'a/b'],
    ['link/far/x', 'a/b/x'],
    ['link/file/x', 'a/file/x'],
    ['dangling', 'dangling'],
    ['dangling/x', 'dangling/x'],
    ['loop/x', 'loop/x'],
    ['none/link', 'none/link'],
  ];
  // In any order, and at once: what is known of one path never changes what is said of another.
  for (const some of [rows, rows.toReversed()])
    expect(await Promise.all(some.map(([path]) => real(join(base, path))))).toEqual(
      some.map(([, wanted]) => join(base, wanted)),
    );
  for (const [path, wanted] of rows) expect(await realPaths()(join(base, path))).toBe(join(base, wanted));
  expect(await real('/')).toBe('/');
});

test('each moment has a look of its own', async () => {
  const base = realpathSync(await temporaryFolder());
  expect(await realPaths()(join(base, 'a/x'))).toBe(join(base, 'a/x'));
  mkdirSync(join(base, 'b'));
  symlinkSync('b', join(base, 'a'));
  expect(await realPaths()(join(base, 'a/x'))).toBe(join(base, 'b/x'));
});
