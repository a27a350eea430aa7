import { expect, test } from 'vitest';
import { edited } from '../../src/core/editedText.ts';
import { whyMissed } from '../../src/core/missedText.ts';

const FILE = 'export function percent(a) {\n  return a / 100;\n}\n\nexport function other(a) {\n\treturn 2;\n}\n';

test.each([
  ['the numbers of a read', '     2\t  return a / 100;', /line numbers of read_file.*leave them out/],
  ['several of them', '1\texport function percent(a) {\n2\t  return a / 100;', /leave them out/],
  ['other spaces', '  return a/100;', /the characters of line 2 differ from it in white space alone/],
  ['a tab for spaces, over lines', 'function other(a) {\n  return 2;\n}', /read the file again$/],
  [
    'tabs and spaces, over whole lines',
    'export function other(a) {\n  return 2;\n}',
    /^lines 5 to 7 differ from it in white/,
  ],
  ['another second line', 'export function other(a) {\n\treturn 3;\n}', /^its first line is line 5, and what follows/],
  ['what is not there', 'nothing of it', /^read the file again$/],
  ['what stands there twice', '  }', /^read the file again$/],
  ['nothing but line ends', '\n\n\n', /^read the file again$/],
])('%s', (_, wanted, words) => {
  expect(whyMissed(FILE, wanted)).toMatch(words);
});

test('an edit that misses says why, and of a secret file nothing', () => {
  const args = { old_text: '  return a/100;', new_text: 'x', replace_all: false };
  expect(() => edited(FILE, args, 'a.js')).toThrow(/old_text does not occur in a\.js; the characters of line 2 differ/);
  expect(() => edited(FILE, args, '.env', true)).toThrow(/^old_text does not occur exactly once in \.env$/);
});

test('the same line again and again is given up on by its size, not by time', () => {
  expect(whyMissed('a\n'.repeat(60_000), `${'a\n'.repeat(100)}b`)).toBe('read the file again');
  expect(whyMissed('a\n'.repeat(100), `${'a\n'.repeat(60_000)}b`)).toBe('read the file again');
});
