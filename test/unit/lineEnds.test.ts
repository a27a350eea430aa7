import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { plainEnds, withPieces } from '../../src/core/text/lineEnds.ts';
import { exactlyEdited, exactlyRewritten, type TextFile } from '../../src/core/text/textFile.ts';

const NAMES = { shown: 'a.txt', secret: false };
const file = (exact: string): TextFile => ({
  exact,
  text: plainEnds(exact),
  encoding: { name: 'UTF-8', mark: false },
});
const edit = (exact: string, old_text: string, new_text: string, replace_all = false): string =>
  exactlyEdited(file(exact), { old_text, new_text, replace_all }, NAMES);

/** Texts of short lines with either line end, with and without one at the end. */
const lines = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'ab', '', 'x'), fc.constantFrom('\n', '\r\n')), {
  maxLength: 12,
});
const texts = fc.tuple(lines, fc.constantFrom('', 'end')).map(([rows, end]) => rows.flat().join('') + end);

describe('an edit', () => {
  test.each([
    ['in a file of CRLF', 'one\r\ntwo\r\nthree\r\n', 'two', 'TWO', 'one\r\nTWO\r\nthree\r\n'],
    ['of several lines', 'one\r\ntwo\r\nthree\r\n', 'one\ntwo', 'one\nnew\ntwo', 'one\r\nnew\r\ntwo\r\nthree\r\n'],
    ['that adds a line at the end', 'one\r\ntwo', 'two', 'two\nthree\n', 'one\r\ntwo\r\nthree\r\n'],
    ['among both line ends', 'a\r\nb\nc\r\nd\n', 'b\nc', 'b\nB\nc', 'a\r\nb\nB\nc\r\nd\n'],
    ['whose text a model writes with CRLF', 'a\nb\nc\n', 'a\r\nb', 'a\r\nB', 'a\nB\nc\n'],
    ['that means the carriage return', 'a\r\nb\r\n', 'a\r\nb\r\n', 'a\nb\n', 'a\nb\n'],
    ['that takes a line away', 'a\r\nb\nc\r\n', 'a\nb\n', 'a\n', 'a\r\nc\r\n'],
    ['of nothing but a line end', 'a\r\nb\n', 'a\nb', 'ab', 'ab\n'],
  ])('%s', (_name, before, old_text, new_text, after) => {
    expect(edit(before, old_text, new_text)).toBe(after);
  });

  test('of every occurrence keeps the ends of each', () => {
    expect(edit('x\r\ny\nx\ny\r\n', 'x\ny', 'x\nz', true)).toBe('x\r\nz\nx\nz\r\n');
  });

  test('that fits both with and without its carriage return is counted once for each', () => {
    expect(() => edit('a\r\nb\na\nb\n', 'a\nb', 'c')).toThrow('2 times');
  });

  test('leaves every character outside of it as it was', () => {
    fc.assert(
      fc.property(
        texts,
        fc.nat(),
        fc.nat(),
        fc.constantFrom('', 'new', 'n\nm', '\n', 'a\n\nb\n'),
        (exact, p, q, by) => {
          const plain = plainEnds(exact);
          const [from, to] = [p % (plain.length + 1), q % (plain.length + 1)].sort((a, b) => a - b) as [number, number];
          const after = withPieces(exact, [{ from, to, by }]);
          // As the plain text would be edited, and what stands before and behind with its own line ends.
          expect(plainEnds(after)).toBe(plain.slice(0, from) + by + plain.slice(to));
          const [head, tail] = [rawLength(exact, from), exact.length - rawLength(exact, to)];
          expect(after.startsWith(exact.slice(0, head))).toBe(true);
          expect(after.endsWith(exact.slice(exact.length - tail))).toBe(true);
        },
      ),
      { numRuns: 3000 },
    );
  });
});

/** How much of the exact text stands for so much of the plain one. */
function rawLength(exact: string, plain: number): number {
  for (let at = 0, seen = 0; ; at += exact.startsWith('\r\n', at) ? 2 : 1, seen += 1) if (seen === plain) return at;
}

describe('a file that is written anew', () => {
  test.each([
    ['keeps CRLF', 'one\r\ntwo\r\n', 'one\nTWO\nthree\n', 'one\r\nTWO\r\nthree\r\n'],
    ['keeps LF', 'one\ntwo\n', 'one\nTWO\n', 'one\nTWO\n'],
    ['keeps the ends of lines that stay', 'a\r\nb\nc\r\nd\n', 'a\nnew\nc\nd\n', 'a\r\nnew\nc\r\nd\n'],
    ['takes the ends that the text brings', 'a\nb\n', 'a\r\nb\r\n', 'a\r\nb\r\n'],
    ['may lose its last line end', 'a\r\nb\r\n', 'a\nb', 'a\r\nb'],
    ['may become empty', 'a\r\nb\n', '', ''],
  ])('%s', async (_name, before, text, after) => {
    expect(await exactlyRewritten(file(before), text)).toBe(after);
  });

  test('is what was written, and with the same text what it was', async () => {
    await fc.assert(
      fc.asyncProperty(texts, texts.map(plainEnds), async (exact, text) => {
        expect(plainEnds(await exactlyRewritten(file(exact), text))).toBe(text);
        expect(await exactlyRewritten(file(exact), plainEnds(exact))).toBe(exact);
      }),
      { numRuns: 1000 },
    );
  });
});
