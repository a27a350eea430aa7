import fc from 'fast-check';
import { expect, test } from 'vitest';
import { GrowingMarkdown, TOO_DEEP, TOO_LONG } from '../../webview/markdown/growing.ts';
import { drawn, read } from '../support/spokenWords.tsx';

const BLOCKS = [
  '# A',
  'One **two** three.',
  '- a\n- b\n\n  c',
  '```ts\nlet a = 1;\n\nlet b;\n```',
  '| a | b |\n|---|---|\n| 1 | 2 |',
  '> q',
  'Last words.',
];

test('with more words only the last blocks are drawn again: a table of how many', () => {
  const source = BLOCKS.join('\n\n');
  const growing = new GrowingMarkdown();
  const seen = new Map<number, number>();
  let before = growing.take('', true);
  let [steps, most] = [0, 0];
  for (let end = 1; end <= source.length; end += 1) {
    const blocks = growing.take(source.slice(0, end), true);
    const fresh = blocks.filter((block) => !before.includes(block));
    for (const { at } of fresh) seen.set(at, (seen.get(at) ?? 0) + 1);
    steps += 1;
    most = Math.max(most, fresh.length);
    before = blocks;
  }
  expect(before).toHaveLength(BLOCKS.length);
  expect(most).toBe(1); // one of them at a step
  // Each was drawn while it was written, and at no time later: about as often as it has characters.
  for (const [index, { at, source: own }] of before.entries())
    expect(seen.get(at) ?? 0, BLOCKS[index]).toBeLessThanOrEqual(own.length + 2);
  expect([...seen.values()].reduce((sum, times) => sum + times)).toBeLessThanOrEqual(steps + 10);
});

test('at its end nothing but the last block is drawn once more', () => {
  const growing = new GrowingMarkdown();
  const source = BLOCKS.join('\n\n');
  const [streaming, done] = [growing.take(source, true), growing.take(source, false)];
  expect(done.filter((block) => !streaming.includes(block)).length).toBeLessThanOrEqual(1);
});

const PIECES = [
  'a',
  'b c',
  '**',
  '*',
  '_',
  '~~',
  '`',
  '```',
  '~~~',
  '\n',
  '\n\n',
  '- ',
  '1. ',
  '  ',
  '    ',
  '\t',
  '> ',
  '#',
  '---',
  '===',
  '|',
  'a|b',
  '-|-',
  '[',
  '](',
  '(',
  ')',
  'https://a.b/',
  '![',
  '<',
  '&amp;',
  '\\',
  '- [ ] ',
  '|a|b|\n|-|-|\n|c|d|\n',
  '```ts\ncode\n```\n',
  '\r\n',
  ': ',
];

test('read piece by piece it is what it is when it is read at once', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...PIECES), { maxLength: 40 }),
      fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1 }),
      (parts, sizes) => {
        const source = parts.join('');
        const growing = new GrowingMarkdown();
        for (let [end, step] = [0, 0]; end < source.length; step += 1) {
          end = Math.min(source.length, end + (sizes[step % sizes.length] ?? 1));
          const text = source.slice(0, end);
          for (const isStreaming of [true, false])
            expect(growing.take(text, isStreaming)).toEqual(new GrowingMarkdown().take(text, isStreaming));
        }
      },
    ),
    { numRuns: 1000 },
  );
});

test('another text than before begins anew', () => {
  const growing = new GrowingMarkdown();
  growing.take('a\n\nb\n\nc\n\nd', true);
  expect(growing.take('x\n\ny', false)).toEqual(new GrowingMarkdown().take('x\n\ny', false));
});

const HUGE: [string, string][] = [
  ['a megabyte of brackets', '['.repeat(1_000_000)],
  ['brackets in paragraphs', `${'['.repeat(900)}\n\n`.repeat(1000)],
  ['quotes in quotes', '>'.repeat(100_000)],
  ['lists in lists', '- '.repeat(100_000)],
  ['items one deeper each', Array.from({ length: 2000 }, (_, depth) => `${' '.repeat(depth * 2)}- a`).join('\n')],
  ['a line of two megabytes', 'a'.repeat(2_000_000)],
  ['stars', `${'*a '.repeat(300)}\n\n`.repeat(300)],
  [
    'backticks of every length',
    Array.from({ length: 2000 }, (_, index) => `${'`'.repeat((index % 100) + 1)}a`).join(''),
  ],
  ['half links', `${'[a](b '.repeat(200)}\n\n`.repeat(200)],
  ['many items', '- a\n'.repeat(50_000)],
  ['a table of many rows', `|a|b|\n|-|-|\n${'|x|y|\n'.repeat(30_000)}`],
  ['a table of many columns', `${'|'.repeat(1000)}\n${'|-'.repeat(1000)}|\n${'|\n'.repeat(10_000)}`],
  ['fences', '```\n'.repeat(50_000)],
  ['addresses', 'https://a.example/c '.repeat(10_000)],
  ['entities', `${'&amp;'.repeat(900)}\n\n`.repeat(40)],
  ['places in files', 'a/b.ts:1 '.repeat(2000)],
  ['a path of many letters', `${'a'.repeat(19_000)}:1`],
  ['line ends alone', '\r\n'.repeat(500_000)],
  ['marks over one letter', `a${'\u0301'.repeat(15_000)}`],
];

/** What of a text can be read, whatever its marks became. */
const letters = (text: string): string => text.replace(/[^a-z]/g, '');

test.each(HUGE)('%s: neither hangs nor falls over, and stays readable', (_name, source) => {
  const shown = read(source);
  expect(shown).not.toBe('');
  const words = letters(shown.replace(TOO_LONG, '').replace(TOO_DEEP, '')).length;
  expect(words).toBeGreaterThanOrEqual(Math.min(letters(source).length, 1000) * 0.5);
  read(source.slice(0, 20_000), { isStreaming: true });
});

test('what is not formatted says so, and is all there', () => {
  const deep = `${'> '.repeat(60)}secret`;
  expect(read(deep)).toBe(`${TOO_DEEP}${deep}`);
  const long = `**a**\n\n${'b '.repeat(50_000)}\n\n**end**`;
  expect(read(long)).toContain(TOO_LONG);
  expect(read(long)).toContain('**end**');
  expect(drawn(long)).toContain('<strong>a</strong>');
});

test('control: as deep as anybody writes is formatted', () => {
  expect(read(`${'> '.repeat(8)}a`)).toBe('a');
  expect(read('- a\n  - b\n    - c\n      - d\n        - e')).toBe('abcde');
});
