import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { attempt, type Call } from '../support/attempt.ts';
import { diffOn, sentencesOn } from '../support/cards.ts';
import { workbench, type Workbench } from '../support/workbench.ts';

const NOTEBOOK = JSON.stringify(
  {
    cells: [{ cell_type: 'code', source: ['x = 1\n', 'print(x)'], metadata: {}, outputs: [], execution_count: 1 }],
    ...{ metadata: {}, nbformat: 4, nbformat_minor: 5 },
  },
  null,
  1,
);

async function textsOf(bench: Workbench, calls: Call[]): Promise<string[]> {
  return (await attempt(bench, calls)).map(({ text }) => text);
}

test('what parsed before and would not afterwards is refused with the place, by every tool that writes', async () => {
  const files = {
    'package.json': '{\n  "name": "a"\n}\n',
    'ci.yml': 'on: push\n',
    'Cargo.toml': 'a = 1\n',
    'broken.txt': '{ no',
    'notes.json': 'not yet {',
  };
  const bench = await workbench({ files });
  const results = await textsOf(bench, [
    { name: 'edit_file', args: { path: 'package.json', old_text: '"a"', new_text: '"a" "b"' } },
    { name: 'write_file', args: { path: 'package.json', content: '' } },
    { name: 'write_file', args: { path: 'ci.yml', content: 'on: push\n on: [' } },
    { name: 'edit_file', args: { path: 'Cargo.toml', old_text: '1', new_text: 'one' } },
    { name: 'move_path', args: { from: 'broken.txt', to: 'package.json' } },
  ]);
  expect(bench.asked).toEqual([]);
  expect(results[0]).toContain('package.json would no longer be JSON: comma expected, at line 2, column 15');
  for (const result of results) expect(result).toContain('would no longer be');
  for (const [name, text] of Object.entries(files)) expect(readFileSync(join(bench.folder, name), 'utf8')).toBe(text);
});

test('control: what parses, and what did not parse before, is written; of the latter card and result say so', async () => {
  const bench = await workbench({ files: { 'package.json': '{"a": 1}', 'notes.json': 'not yet {' } });
  const results = await textsOf(bench, [
    { name: 'edit_file', args: { path: 'package.json', old_text: '1', new_text: '2' } },
    { name: 'edit_file', args: { path: 'notes.json', old_text: 'yet', new_text: 'ever' } },
    { name: 'write_file', args: { path: 'new.json', content: '{ "a" }' } },
  ]);
  expect(results[0]).toBe('Edited package.json.');
  for (const result of results.slice(1)) expect(result).toMatch(/Careful: this is not JSON: .*, at line 1, column/);
  const said = bench.asked.map(({ card }) => sentencesOn(card).flat().join(''));
  expect(said[0]).toBe('');
  for (const words of said.slice(1)) expect(words).toContain('Careful: this is not JSON');
});

test('a notebook is read, found and edited as cells, and the card shows them', async () => {
  const bench = await workbench({ files: { 'a.ipynb': NOTEBOOK } });
  const results = await textsOf(bench, [
    { name: 'read_file', args: { path: 'a.ipynb' } },
    { name: 'search_files', args: { pattern: 'print' } },
    { name: 'edit_file', args: { path: 'a.ipynb', old_text: 'x = 1', new_text: 'x = "two"\ny = 3' } },
    {
      name: 'edit_file',
      args: { path: 'a.ipynb', old_text: 'print(x)', new_text: 'print(x)\n# %% [markdown]\n# End' },
    },
    { name: 'write_file', args: { path: 'a.ipynb', content: '{"cells": []}' } },
  ]);
  expect(results[0]).toBe('1\t# %% [code] cell 1\n2\tx = 1\n3\tprint(x)\n');
  expect(results[1]).toContain('a.ipynb:3: print(x)');
  expect(diffOn(bench.asked[0]?.card)).toContain('-x = 1\n+x = "two"\n+y = 3\n');
  expect(results[4]).toContain('would no longer be a notebook');
  const { cells } = JSON.parse(readFileSync(join(bench.folder, 'a.ipynb'), 'utf8')) as {
    cells: { source: string[] }[];
  };
  expect(cells.map(({ source }) => source)).toEqual([['x = "two"\n', 'y = 3\n', 'print(x)'], ['# End']]);
});
