import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { attempt, type Call } from '../support/attempt.ts';
import { sentencesOn } from '../support/cards.ts';
import { workbench } from '../support/workbench.ts';

const PASSWORD = 'hunter2-secret-77';
const KEY = 'sk-abcdefghijklmnopqrst';
const FILES = {
  '.env': `KEY=${KEY}\nDB_PASSWORD=${PASSWORD}\n`,

  'a.txt': `KEY=${KEY}\n`,
  'b.txt': 'b\n',
};

const edits = (...list: object[]): Call => ({ name: 'edit_files', args: { edits: list } });
const guess = (old_text: string, path = '.env'): object => ({ path, old_text, new_text: `${old_text}x` });

/** Calls about a likely secret in pairs: the first fits, the second does not. */
const PAIRS: [name: string, fits: Call, fails: Call][] = [
  ['edit_files', edits(guess('KEY=sk-a')), edits(guess('KEY=sk-b'))],
  [
    'two edits, of which one is known to fail',
    edits(guess('KEY=sk-a'), guess('not there')),
    edits(guess('KEY=sk-b'), guess('not there')),
  ],
  [
    'another file, of which it is known to fail',
    edits(guess('KEY=sk-a'), guess('not there', 'b.txt')),
    edits(guess('KEY=sk-b'), guess('not there', 'b.txt')),
  ],
  [
    'lines of it',
    edits({ path: '.env', after_line: 2, new_text: 'A=1' }),
    edits({ path: '.env', after_line: 3, new_text: 'A=1' }),
  ],
  ['edit_file', { name: 'edit_file', args: guess('KEY=sk-a') }, { name: 'edit_file', args: guess('KEY=sk-b') }],
  [
    'a mask in write_file',
    { name: 'write_file', args: { path: '.env', content: 'DB_PASSWORD=[redacted:DB_PASSWORD]\n' } },
    { name: 'write_file', args: { path: '.env', content: 'OTHER=[redacted:DB_PASSWORD]\n' } },
  ],
];

test.each(PAIRS)(
  'before anybody was asked, nothing tells whether it fits a likely secret: %s',
  async (_, fits, fails) => {
    const told: unknown[] = [];
    for (const call of [fits, fails]) {
      const bench = await workbench({ files: FILES, answer: () => ({ choice: 'deny' }) });
      bench.engine.addSecret({ name: 'DB_PASSWORD', value: PASSWORD });
      const [result] = await attempt(bench, [call]);
      told.push([result?.outcome, result?.text, bench.asked.map(({ decision }) => decision.rule)]);
      expect(result?.outcome).toBe('denied:person');
    }
    expect(told[1]).toEqual(told[0]);
  },
);

test.each(PAIRS)('once it is approved that is told, and the run has seen private content: %s', async (_, __, fails) => {
  const bench = await workbench({ files: FILES });
  bench.engine.addSecret({ name: 'DB_PASSWORD', value: PASSWORD });
  const [result] = await attempt(bench, [fails]);
  expect(result?.outcome).not.toBe('done');
  expect(result?.text).toMatch(/edit \d: |old_text does not occur|holds a secret/);
  expect(bench.asked).toHaveLength(1);
  // Whoever is asked is told that it will fail.
  expect(sentencesOn(bench.asked[0]?.card).join('\n')).toContain('This cannot be done as the file stands: ');
  expect(bench.engine.view().run?.flags.private).toBe(true);
  expect(readFileSync(join(bench.folder, '.env'), 'utf8')).toBe(FILES['.env']);
});

test('the control: of other files it is told at once, and nobody is asked', async () => {
  const bench = await workbench({ files: FILES });
  const results = await attempt(bench, [
    edits(guess('KEY=sk-b', 'a.txt')),
    { name: 'edit_file', args: guess('KEY=sk-b', 'a.txt') },
    // There is no such file: nothing in it could be told.
    edits(guess('KEY=sk-b', 'deep/.env')),
    { name: 'edit_file', args: guess('KEY=sk-b', 'deep/.env') },
  ]);
  for (const { text } of results) expect(text).toMatch(/^Not done: /);
  expect(bench.asked).toEqual([]);
  const [done] = await attempt(bench, [edits(guess('KEY=sk-a'))]);
  expect(done?.outcome).toBe('done');
  expect(readFileSync(join(bench.folder, '.env'), 'utf8')).toContain('KEY=sk-ax');
});
