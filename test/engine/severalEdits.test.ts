import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ToolFailure } from '../../src/core/outcome.ts';
import { turnsOf } from '../../src/core/audit/tree.ts';
import type { BlockOf } from '../../src/shared/block.ts';
import type { Approval } from '../../src/shared/approval.ts';
import { attempt, rememberFirst } from '../support/attempt.ts';
import { workbench, type Workbench, type WorkbenchOptions } from '../support/workbench.ts';

const FILES = { 'src/a.ts': 'one\ntwo\nthree\n', 'src/b.ts': 'red\r\ngreen\r\n', 'c.txt': 'c\n' };

const read = (bench: Workbench, path: string): string => readFileSync(join(bench.folder, path), 'utf8');

function edits(...list: object[]): { name: string; args: object } {
  return { name: 'edit_files', args: { edits: list } };
}

function diffs({ card }: Approval): BlockOf<'diff'>[] {
  return card.blocks.filter((block) => block.kind === 'diff');
}

const start = (options: WorkbenchOptions = {}): Promise<Workbench> => workbench({ files: FILES, ...options });

const ALL = edits(
  { path: 'src/a.ts', old_text: 'two', new_text: 'TWO' },
  { path: 'src/b.ts', after_line: 1, new_text: 'amber' },
  { path: 'src/a.ts', after_line: 0, new_text: 'zero\n' },
  { path: './src/a.ts', old_text: 'TWO', new_text: '2' },
  { path: 'new/d.ts', new_text: 'd\n' },
);

test('several edits across files are one card with a diff for each file, and one action that can be put back', async () => {
  const bench = await start();
  const [result] = await attempt(bench, [ALL]);
  expect(result).toMatchObject({ outcome: 'done', text: 'Made 5 edits: src/a.ts, src/b.ts, new/d.ts.' });
  expect(read(bench, 'src/a.ts')).toBe('zero\none\n2\nthree\n');
  expect(read(bench, 'src/b.ts')).toBe('red\r\namber\r\ngreen\r\n'); // its own line ends
  expect(read(bench, 'new/d.ts')).toBe('d\n');
  const [approval, ...others] = bench.asked;
  if (!approval) throw new Error('nothing was asked');
  expect(others).toEqual([]);
  expect(diffs(approval).map(({ path, change }) => [path, change])).toEqual([
    ['src/a.ts', 'edit'],
    ['src/b.ts', 'edit'],
    ['new/d.ts', 'create'],
  ]);
  const run = bench.engine.view().run?.id ?? '';
  const [action] = turnsOf(await bench.node.audit.events(run)).flatMap(({ actions }) => actions);
  expect(action).toMatchObject({ title: 'Edit 3 files: src/a.ts, src/b.ts, new/d.ts', changedFile: true });
  const reverted = await bench.engine.revert({ run, action: action?.id ?? '' });
  expect(reverted.status).toBe('done');
  expect(read(bench, 'src/a.ts')).toBe(FILES['src/a.ts']);
  expect(read(bench, 'src/b.ts')).toBe(FILES['src/b.ts']);
  expect(existsSync(join(bench.folder, 'new/d.ts'))).toBe(false);
});

test('where edits do not apply, none is made, and each is named with what is wrong', async () => {
  const bench = await start();
  const results = await attempt(bench, [
    edits(
      { path: 'c.txt', old_text: 'c', new_text: 'C' },
      { path: 'src/a.ts', old_text: 'absent', new_text: 'x' },
      { path: 'src/b.ts', after_line: 9, new_text: 'x' },
    ),
    edits({ path: 'c.txt', old_text: 'c', new_text: 'C' }, { path: 'c.txt', new_text: 'all' }),
    edits({ path: 'none.txt', old_text: 'c', new_text: 'C' }),
    edits({ path: 'c.txt', old_text: 'c', after_line: 1, new_text: 'C' }),
    edits({ path: 'c.txt', old_text: 'c', new_text: 'd' }, { path: 'c.txt', old_text: 'd', new_text: 'c' }),
    edits({ path: 'c.txt', old_text: 'c', new_text: 'c' }),
    { name: 'edit_file', args: { path: 'src/b.ts', old_text: 'red\n', new_text: 'red\r\n' } },
    { name: 'write_file', args: { path: 'c.txt', content: 'c\n' } },
    { name: 'move_path', args: { from: 'c.txt', to: './src/../c.txt' } },
  ]);
  expect(results.map(({ text }) => text)).toEqual([
    'Not done: edit 2: old_text does not occur in src/a.ts; read the file again; edit 3: src/b.ts has 2 lines; after_line can be 0 to 2; none of the edits was made.',
    'Not done: edit 2: c.txt is there already: give old_text or after_line; write_file replaces all of it; none of the edits was made.',
    'Not done: edit 1: none.txt is not there; new_text alone creates it; none of the edits was made.',
    'Not done: edit 1: give old_text or after_line, not both.',
    'Not done: edit 1: the edits of c.txt change nothing; none of the edits was made.',
    'Not done: edit 1: old_text and new_text are the same: this edit changes nothing.',
    'Not done: this edit of src/b.ts changes nothing.',
    'Not done: c.txt has exactly this content already: there is nothing to write.',
    expect.stringMatching(/^Not done: /),
  ]);
  expect(bench.asked).toEqual([]); // nobody is asked about what cannot be done
  expect(read(bench, 'c.txt')).toBe('c\n');
});

test('an approval is for all of them as they stood: a file that changes meanwhile is asked about again', async () => {
  const bench = await start({
    answer: () => {
      if (bench.asked.length === 1) writeFileSync(join(bench.folder, 'src/b.ts'), 'red\r\nblue\r\n');
      return { choice: 'approve' };
    },
  });
  const [result] = await attempt(bench, [ALL]);
  expect(result?.outcome).toBe('done');
  expect(bench.asked.map(({ askedAgain }) => askedAgain !== undefined)).toEqual([false, true]);
  expect(read(bench, 'src/b.ts')).toBe('red\r\namber\r\nblue\r\n');
});

test('what cannot be written keeps the others as they were', async () => {
  const bench = await start({ change: ({ parts }) => failingWrites(parts, 'new/d.ts') });
  const [result] = await attempt(bench, [ALL]);
  expect(result).toMatchObject({ outcome: 'failed', text: 'no room for it' });
  expect(read(bench, 'src/a.ts')).toBe(FILES['src/a.ts']);
  expect(read(bench, 'src/b.ts')).toBe(FILES['src/b.ts']);
});

test.each([
  ['tools: {file_system: {denied_paths: [src/b.ts]}}', 'denied:denied_paths'],
  ['rules: [{decision: deny, tools: [edit_file], why: no}]', 'denied:rules: deny edit_file'],
  ['rules: [{decision: deny, tools: [write_file], paths: [new/**], why: no}]', 'denied:rules: deny new/**'],
  ['rules: [{decision: allow, tools: [edit_file, write_file], why: yes}]', 'asked'],
])(
  'one deny rule shuts this door too, and a rule that allows says which tools it means: %s',
  async (policy, outcome) => {
    const bench = await start({ userPolicy: `${policy}\n`, answer: () => ({ choice: 'deny' }) });
    const [result] = await attempt(bench, [ALL]);
    expect(bench.asked).toHaveLength(outcome === 'asked' ? 1 : 0);
    if (outcome !== 'asked') expect(result?.outcome).toBe(outcome);
    expect(read(bench, 'src/a.ts')).toBe(FILES['src/a.ts']);
  },
);

test('a likely secret among them asks as such, and none that is remembered covers it', async () => {
  const files = { ...FILES, '.env': 'KEY=abcdefgh12345678\n' };
  const bench = await workbench({ files, answer: rememberFirst });
  await attempt(bench, [
    edits({ path: 'c.txt', old_text: 'c', new_text: 'd' }, { path: '.env', old_text: 'KEY', new_text: 'KEYS' }),
    edits({ path: 'c.txt', old_text: 'd', new_text: 'e' }, { path: '.env', old_text: 'KEYS', new_text: 'KEY' }),
  ]);
  expect(bench.asked.map(({ decision }) => decision.rule)).toEqual(['likely-secret', 'likely-secret']);
});

test('a remembered approval of these files covers edits of some of them, by whichever tool, and of no other', async () => {
  const bench = await start({ answer: rememberFirst });
  const results = await attempt(bench, [
    edits({ path: 'src/a.ts', old_text: 'one', new_text: '1' }, { path: 'c.txt', old_text: 'c', new_text: 'd' }),
    { name: 'edit_file', args: { path: 'c.txt', old_text: 'd', new_text: 'e' } },
    edits({ path: 'c.txt', old_text: 'e', new_text: 'f' }),
    edits({ path: 'c.txt', old_text: 'f', new_text: 'g' }, { path: 'src/b.ts', old_text: 'red', new_text: 'rot' }),
  ]);
  expect(results.map(({ outcome }) => outcome)).toEqual(['done', 'done', 'done', 'done']);
  expect(bench.asked).toHaveLength(2);
  expect(bench.asked[0]?.grantOffers[0]?.words).toBe('edits to `src/a.ts` and `c.txt`');
  expect(bench.asked[0]?.alwaysOffer).toBe(
    `edits to ${join(bench.folder, 'src/a.ts')}, ${join(bench.folder, 'c.txt')}`,
  );
});

/** The files of an engine, one of which cannot be written at the last moment. */
function failingWrites(parts: WorkbenchParts, path: string): void {
  const before = { ...parts };
  parts.files = (scope) => wrapped(before.files(scope), path);
}

type WorkbenchParts = Parameters<NonNullable<WorkbenchOptions['change']>>[0]['parts'];
type OwnFiles = ReturnType<WorkbenchParts['files']>;

function wrapped(own: OwnFiles, path: string): OwnFiles {
  return new Proxy(own, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      if (name === 'within' || name === 'onDisk')
        return (...args: unknown[]) => wrapped(Reflect.apply(value, target, args) as OwnFiles, path);
      return (...args: unknown[]): unknown => {
        if (name === 'write' && String(args[0]).endsWith(path))
          return Promise.reject(new ToolFailure('no room for it'));
        return Reflect.apply(value, target, args);
      };
    },
  });
}
