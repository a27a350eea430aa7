import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { inLine } from '../../src/terminal/blockLines.ts';
import { git } from '../support/repository.ts';
import { workbench, type Workbench } from '../support/workbench.ts';

/** What the card of a delete says could be lost. */
async function lossOf(bench: Workbench, path: string): Promise<string> {
  const before = bench.asked.length;
  await bench.run([{ calls: [{ name: 'delete_path', args: { path } }] }]);
  return inLine(bench.asked[before]?.consequence ?? []);
}

const kept = (files: Record<string, string>): Promise<Workbench> =>
  workbench({ files, answer: () => ({ choice: 'deny' }) });
const IN_GIT = /, in git\.$/;
const IN_NO_COMMIT = /, in git, but with changes that are in no commit\.$/;

test('what a commit has is told from what it does not, changed or staged', async () => {
  const bench = await kept({ 'same.txt': 'a\n', 'changed.txt': 'a\n', 'staged.txt': 'a\n', 'sub/one.txt': 'a\n' });
  const at = (name: string): string => join(bench.folder, name);
  git(bench.folder, 'init', '--quiet');
  git(bench.folder, 'add', '--all');
  git(bench.folder, 'commit', '--quiet', '--message=all');
  writeFileSync(at('changed.txt'), 'b\n');
  writeFileSync(at('staged.txt'), 'b\n');
  git(bench.folder, 'add', 'staged.txt');
  writeFileSync(at('new.txt'), 'b\n');
  expect(await lossOf(bench, 'same.txt')).toMatch(IN_GIT);
  expect(await lossOf(bench, 'sub')).toMatch(IN_GIT);
  expect(await lossOf(bench, 'changed.txt')).toMatch(IN_NO_COMMIT);
  expect(await lossOf(bench, 'staged.txt')).toMatch(IN_NO_COMMIT);
  expect(await lossOf(bench, 'new.txt')).toMatch(/, not in git\.$/);
  // One changed file in a folder is enough.
  writeFileSync(at('sub/one.txt'), 'b\n');
  expect(await lossOf(bench, 'sub')).toMatch(IN_NO_COMMIT);
});

test('before the first commit there is none that has anything', async () => {
  const bench = await kept({ 'a.txt': 'a\n' });
  git(bench.folder, 'init', '--quiet');
  git(bench.folder, 'add', '--all');
  expect(await lossOf(bench, 'a.txt')).toMatch(IN_NO_COMMIT);
});
