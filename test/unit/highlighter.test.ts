import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Coloured } from '../../webview/markdown/coloured.ts';
import { colour } from '../../webview/markdown/highlighter.ts';

const said = (pieces: readonly Coloured[]): string =>
  pieces.map((piece) => (typeof piece === 'string' ? piece : said(piece.pieces))).join('');

function colours(pieces: readonly Coloured[]): string[] {
  return pieces.flatMap((piece) =>
    typeof piece === 'string' ? [] : [`${piece.as} ${said(piece.pieces)}`, ...colours(piece.pieces)],
  );
}

test.each([
  ['ts', 'const a = "b"; // c', ['keyword const', 'string "b"', 'comment // c']],
  ['sh', 'echo "$HOME"', ['function echo', 'name $HOME']],
  ['html', '<p class="a">x</p>', ['string "a"']],
  ['diff', '-a\n+b', ['removed -a', 'added +b']],
  ['py', 'def f(): return 1', ['keyword def', 'number 1']],
])('%s has colours, and says what it said', (language, code, some) => {
  const pieces = colour(code, language) ?? [];
  expect(said(pieces)).toBe(code);
  expect(colours(pieces)).toEqual(expect.arrayContaining(some));
});

test('a language that is not known has none', () => {
  expect(colour('a', 'klingon')).toBeUndefined();
  expect(colour('a', 'constructor')).toBeUndefined();
  expect(colour('a', '__proto__')).toBeUndefined();
});

test('whatever the code is, its colours say exactly it, or there are none', () => {
  const languages = fc.constantFrom('ts', 'js', 'html', 'bash', 'yaml', 'json', 'python', 'css', 'php', 'sql');
  const pieces = fc.constantFrom(
    '"',
    "'",
    '`',
    '${',
    '}',
    '{',
    '<',
    '>',
    '</script>',
    '<script>',
    '/*',
    '*/',
    '//',
    '\n',
    'a',
    ' ',
    '\\',
    '(',
    ')',
    '0x',
    '\u202E',
  );
  fc.assert(
    fc.property(languages, fc.array(pieces, { maxLength: 60 }), (language, parts) => {
      const code = parts.join('');
      const coloured = colour(code, language);
      if (coloured) expect(said(coloured)).toBe(code);
    }),
    { numRuns: 500 },
  );
});
