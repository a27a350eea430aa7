import { linkSync, lstatSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { besideEditor, EDIT } from '../support/besideEditor.ts';
import { outcomes, workbench, type Workbench } from '../support/workbench.ts';

const edit = (path: string) => [{ calls: [{ name: 'edit_file', args: { path, old_text: 'one', new_text: 'two' } }] }];

function at(bench: Workbench, path: string): { text: string; ino: number; links: number } {
  const file = join(bench.folder, path);
  const { ino, nlink } = lstatSync(file);
  return { text: readFileSync(file, 'utf8'), ino, links: nlink };
}

function cardOf(bench: Workbench): string {
  return JSON.stringify(bench.asked[0]?.card.blocks);
}

test('a file that has another name in the workspace stays one file under both; the card and the record name both', async () => {
  const bench = await workbench({ files: { 'a.txt': 'one\n', 'sub/x': '' } });
  linkSync(join(bench.folder, 'a.txt'), join(bench.folder, 'sub/b.txt'));
  const { ino } = at(bench, 'a.txt');
  const events = await bench.run(edit('a.txt'));
  expect(outcomes(events)).toEqual(['done']);
  for (const path of ['a.txt', 'sub/b.txt']) expect(at(bench, path)).toEqual({ text: 'two\n', ino, links: 2 });
  expect(cardOf(bench)).toContain('The same file under other names, which changes with it: ');
  expect(cardOf(bench)).toContain('sub/b.txt');
  const changed = events.find(({ type }) => type === 'changed')?.payload?.['paths'];
  expect(changed).toMatchObject([{ path: join(bench.folder, 'a.txt') }, { path: join(bench.folder, 'sub/b.txt') }]);

  // And back: it stays one file then too.
  const [begun] = events.filter(({ type }) => type === 'started');
  const of = { run: String(begun?.run), action: String(begun?.action) };
  expect((await bench.engine.revert(of)).status).toBe('done');
  for (const path of ['a.txt', 'sub/b.txt']) expect(at(bench, path)).toEqual({ text: 'one\n', ino, links: 2 });
});

test('a file that has a name outside the workspace is parted from it, which is said; control: with its name moved in it is not', async () => {
  const bench = await workbench({ files: { 'a.txt': 'one\n' } });
  const outside = join(bench.home, 'kept.txt');
  linkSync(join(bench.folder, 'a.txt'), outside);
  await bench.run(edit('a.txt'));
  expect(at(bench, 'a.txt')).toMatchObject({ text: 'two\n', links: 1 });
  expect(readFileSync(outside, 'utf8')).toBe('one\n');
  expect(cardOf(bench)).toContain('has other names outside the workspace');
});

test.each([
  ['denied', 'private/b.txt', 'tools: {file_system: {denied_paths: [private]}}\n'],
  ['protected', 'kept/b.txt', 'protected_paths: [kept]\n'],
  ['a likely secret', '.env', ''],
])('where the other name is %s, it does not change', async (_what, other, userPolicy) => {
  const bench = await workbench({ files: { 'a.txt': 'one\n' }, userPolicy });
  mkdirSync(join(bench.folder, other, '..'), { recursive: true });
  linkSync(join(bench.folder, 'a.txt'), join(bench.folder, other));
  await bench.run(edit('a.txt'));
  expect(readFileSync(join(bench.folder, other), 'utf8')).toBe('one\n');
});

test.each([
  ['outside the workspace', undefined, 'one mine\n'],
  ['protected', 'kept/b.txt', 'one mine\n'],
  ['in the workspace: the control', 'b.txt', 'two mine\n'],
])('a file that is open in the editor, with another name %s', async (_what, other, kept) => {
  const bench = await besideEditor({ userPolicy: 'protected_paths: [kept]\n' });
  const name = other === undefined ? join(bench.home, 'kept.txt') : join(bench.folder, other);
  mkdirSync(dirname(name), { recursive: true });
  linkSync(bench.at, name);
  expect(outcomes(await bench.run([{ calls: [EDIT] }]))).toEqual(['done']);
  expect(readFileSync(bench.at, 'utf8')).toBe('two mine\n');
  expect(readFileSync(name, 'utf8')).toBe(kept);
  expect(bench.editor.done).toEqual(other === 'b.txt' ? [`write ${bench.at}`] : []);
  expect(cardOf(bench).includes('they keep what they have')).toBe(other !== 'b.txt');
});

test('an approval that is remembered for it names each of the names', async () => {
  const bench = await workbench({ files: { 'a.txt': 'one\n', 'c.txt': 'one\n' } });
  linkSync(join(bench.folder, 'a.txt'), join(bench.folder, 'b.txt'));
  await bench.run(edit('a.txt'));
  expect(bench.asked.at(-1)?.grantOffers[0]?.words).toBe('edits to `a.txt` and `b.txt`');
  await bench.run(edit('c.txt'));
  expect(bench.asked.at(-1)?.grantOffers[0]?.words).toBe('edits to `c.txt`'); // the control
});
