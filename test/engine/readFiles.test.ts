import { expect, test } from 'vitest';
import { attempt, rememberFirst } from '../support/attempt.ts';
import { workbench } from '../support/workbench.ts';

const FILES = {
  'a.txt': 'one\ntwo\nthree\n',
  'src/b.txt': 'red\ngreen\n',
  'bin.dat': 'a\0b',
  '.env': 'KEY=abcdefgh12345678\n',
};

const reading = (...files: object[]): { name: string; args: object } => ({ name: 'read_files', args: { files } });

test('several files, and several ranges of one, are read at once; what cannot be read is said in its place', async () => {
  const bench = await workbench({ files: FILES });
  const [result] = await attempt(bench, [
    reading(
      { path: 'a.txt', start_line: 3 },
      { path: 'a.txt', start_line: '1', end_line: 1 },
      { path: 'none.txt' },
      { path: 'src' },
      { path: 'bin.dat' },
      { path: './src/b.txt' },
    ),
  ]);
  expect(result?.outcome).toBe('done');
  expect(result?.text.replaceAll(bench.folder, '…')).toMatch(
    /^== a\.txt ==\n3\tthree\n\n== a\.txt ==\n1\tone\n\[lines 2 to 3 not shown\]\n\n== none\.txt ==\n\[not read: .*\]\n\n== src ==\n\[not read: .*\]\n\n== bin\.dat ==\n\[not read: bin\.dat is a binary file\]\n\n== src\/b\.txt ==\n1\tred\n2\tgreen\n$/,
  );
  expect(bench.asked).toEqual([]);
});

test('the size of one answer is for all of them together', async () => {
  const bench = await workbench({
    files: { 'x.txt': `${'x'.repeat(99)}\n`.repeat(500), 'y.txt': `${'y'.repeat(99)}\n`.repeat(500) },
  });
  const [result] = await attempt(bench, [reading({ path: 'x.txt' }, { path: 'y.txt' })]);
  expect(result?.text.length).toBeLessThan(62_000);
  expect(result?.text).toMatch(/== y\.txt ==\n1\ty+\n[^]*\[lines \d+ to 500 not shown\]/);
});

test.each([
  ['tools: {file_system: {denied_paths: [src]}}', 'denied:denied_paths'],
  ['rules: [{decision: deny, tools: [read_file], why: no}]', 'denied:rules: deny read_file'],
  ['rules: [{decision: deny, paths: [src/b.txt], why: no}]', 'denied:rules: deny src/b.txt'],
])('one deny rule shuts this door too: %s', async (policy, outcome) => {
  const bench = await workbench({ files: FILES, userPolicy: `${policy}\n` });
  const [result] = await attempt(bench, [reading({ path: 'a.txt' }, { path: 'src/b.txt' })]);
  expect(result?.outcome).toBe(outcome);
  expect(result?.text).not.toContain('three');
});

test('a likely secret among them asks, and what is remembered covers these files and no others', async () => {
  const bench = await workbench({ files: { ...FILES, '.env.local': 'X=abcdefgh12345678\n' }, answer: rememberFirst });
  const results = await attempt(bench, [
    reading({ path: 'a.txt' }, { path: '.env' }),
    reading({ path: '.env' }),
    { name: 'read_file', args: { path: '.env' } },
    reading({ path: '.env' }, { path: '.env.local' }),
  ]);
  expect(results.map(({ outcome }) => outcome)).toEqual(['done', 'done', 'done', 'done']);
  expect(bench.asked.map(({ decision }) => decision.rule)).toEqual(['likely-secret', 'likely-secret']);
  expect(bench.engine.view().run?.flags.private).toBe(true);
});
