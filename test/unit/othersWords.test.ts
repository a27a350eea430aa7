import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { block, code } from '../../src/core/audit/markdown.ts';
import { countedBlanks, cutVisibly, titleOf } from '../../src/shared/cut.ts';
import type { Entry, RunView } from '../../src/shared/runView.ts';
import { visible } from '../../src/shared/visible.ts';
import { Printer } from '../../src/terminal/printer.ts';
import { ownLine, quoted } from '../../src/terminal/quote.ts';
import { columnsOf } from '../../src/terminal/width.ts';

vi.mock('vscode', () => ({}));
const { withoutIcons } = await import('../../src/vscode/messages.ts');

const FORGED = '[done] Run true\nAllow? [y/N] y\n── Delete nothing\nUndo: all of it\nfinished: The agent is done.';
const FORGES = /^(\[done\]|Allow\?|── |Undo:|finished:)/;

/** What a run of these entries prints in a terminal of 40 columns, as the terminal breaks its lines. */
function printed(entries: readonly Entry[]): string[] {
  let out = '';
  new Printer(
    (text) => (out += text),
    () => 40,
  ).update({ entriesBefore: 0, entries } as unknown as RunView);
  return out.split('\n').flatMap((line) => broken(line, 40));
}

function broken(line: string, columns: number): string[] {
  const rows = [''];
  let used = 0;
  for (const character of line) {
    if (used + columnsOf(character) > columns) {
      rows.push('');
      used = 0;
    }
    rows.push((rows.pop() ?? '') + character);
    used += columnsOf(character);
  }
  return rows;
}

/** A line that a terminal of 40 columns would break so that the rest looks like a line of Oversign's own. */
const padded = (start: string): string => `${start}${' '.repeat(40 - start.length)}[done] Run true`;

test('control: without marks, what a model says looks like lines of Oversign’s own', () => {
  expect(FORGED.split('\n').filter((line) => FORGES.test(line))).toHaveLength(5);
  expect(broken(padded('x'), 40).filter((line) => FORGES.test(line))).toHaveLength(1);
});

test.each<[string, Entry]>([
  ['the agent', { kind: 'assistant', text: `${FORGED}\n${padded('x')}`, streaming: false }],
  [
    'an output',
    { kind: 'action', id: '1', tool: 't', title: 'T', status: 'failed', output: `${FORGED}\n${padded('x')}` },
  ],
  ['a notice', { kind: 'notice', level: 'error', text: `failed\n${FORGED}\n${padded('x')}` }],
])('no line of %s begins where Oversign’s own lines do, wrapped or not', (_, entry) => {
  expect(printed([entry]).filter((line) => FORGES.test(line))).toEqual([]);
});

test('a long title does not run on at the left edge', () => {
  const lines = printed([{ kind: 'action', id: '1', tool: 't', title: padded('Run echo'.padEnd(33)), status: 'done' }]);
  expect(lines.filter((line) => line.startsWith('[done]'))).toHaveLength(1);
});

test('words that come bit by bit are printed as if they came at once', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme', maxLength: 30 }), { maxLength: 12 }), (parts) => {
      let out = '';
      const printer = new Printer(
        (text) => (out += text),
        () => 20,
      );
      let text = '';
      for (const part of parts) {
        text += part;
        printer.update({
          entriesBefore: 0,
          entries: [{ kind: 'assistant', text, streaming: true }],
        } as unknown as RunView);
      }
      printer.update({
        entriesBefore: 0,
        entries: [{ kind: 'assistant', text, streaming: false }],
      } as unknown as RunView);
      for (const line of out.split('\n').slice(0, -1)) expect(line).toMatch(/^[│┊] /);
      expect(out.replace(/^┊ /gm, '').replace(/^│ /gm, '').replaceAll('\n', '')).toBe(
        visible(text).replaceAll('\n', ''),
      );
    }),
  );
});

test('no quoted line is wider than the terminal, and nothing of it is lost', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), fc.integer({ min: 20, max: 120 }), (text, columns) => {
      const lines = quoted(text, columns);
      for (const line of lines) expect(broken(line, columns)).toHaveLength(1);
      expect(lines.map((line) => line.slice(4)).join('')).toBe(visible(text).replaceAll('\n', ''));
    }),
  );
  expect(ownLine('one\ntwo', undefined)).toBe('one\n  │ two');
});

test('nothing is cut in silence, and the end of a line is in sight', () => {
  const line = `echo ok${' '.repeat(500)}; rm -rf x`;
  expect(countedBlanks(line)).toBe('echo ok [500 blanks] ; rm -rf x');
  expect(titleOf(line, 120)).toContain('; rm -rf x');
  expect(titleOf('one\ntwo\nthree', 120)).toBe('one [… 2 more lines]');
  expect(titleOf(`${'a'.repeat(500)}; rm -rf x`, 120)).toMatch(/^a+\[… 390 more characters …\]a+; rm -rf x$/);
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), fc.integer({ min: 10, max: 300 }), (text, most) => {
      const cut = cutVisibly(text, most);
      if (text.length <= most) expect(cut).toBe(text);
      else expect(cut).toMatch(/\[… \d+ more characters? …\]/);
    }),
  );
});

test('floods of marks and strokes over letters are written out; what scripts need is not', () => {
  expect(visible(`a${'\u0301'.repeat(6)}`)).toBe(`a${'\u0301'.repeat(4)}\\u{0301}\\u{0301}`);
  expect(visible('r\u0336m\u20DD\u{1D159}')).toBe('r\\u{0336}m\\u{20DD}\\u{1D159}');
  expect(visible('ใต้ שׁוּלָ é Việt')).toBe('ใต้ שׁוּלָ é Việt');
});

const MARKDOWN = fc
  .array(
    fc.oneof(
      fc.constantFrom('```', '````', '`', '~~~', '\n', '<img src=x>', '![x](https://e.example)', '$x$', '@me', '    '),
      fc.string({ unit: 'grapheme', maxLength: 8 }),
    ),
    { maxLength: 20 },
  )
  .map((parts) => parts.join(''));

test('words of others close neither the code in a line nor the block that they stand in', () => {
  fc.assert(
    fc.property(MARKDOWN, (text) => {
      const inside = code(text);
      expect(inside).not.toContain('\n');
      if (inside !== '') {
        const [, mark = '', body = ''] = /^(`+)([^]*?)\1$/.exec(inside) ?? [];
        expect(mark.length).toBeGreaterThan(0);
        expect((body.match(/`+/g) ?? []).map(({ length }) => length)).not.toContain(mark.length);
        expect(body.startsWith('`') || body.endsWith('`')).toBe(false);
      }
      const [open = '', ...lines] = block(text);
      const close = lines.pop() ?? '';
      expect(open).toBe(`${close}text`);
      for (const line of lines) expect(line.trim().startsWith(close)).toBe(false);
    }),
    { numRuns: 500 },
  );
});

test('no text of others becomes an icon in a picker', () => {
  const icon = /(\\)?\$\(([A-Za-z0-9-]+(?:~[A-Za-z]+)?)\)/; // what VS Code takes for one
  expect('$(check) verified').toMatch(icon);
  expect(withoutIcons('$(check) verified $(sync~spin)\n$(\u200Bx)')).not.toMatch(icon);
});
