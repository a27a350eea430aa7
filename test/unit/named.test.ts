import fc from 'fast-check';
import { expect, test } from 'vitest';
import { counted, named, namedList, sentence } from '../../src/shared/named.ts';

test('a name stands between exactly two backticks, on one line, with nothing hidden in it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 30 }), (name) => {
      const shown = named(name);
      expect(shown.startsWith('`') && shown.endsWith('`')).toBe(true);
      expect(shown.slice(1, -1)).not.toMatch(/[`\n\u202E\0]/);
    }),
  );
  expect(named('.env')).toBe('`.env`');
  expect(named('a`b\n\u202Ec')).toBe('`a\\u{0060}b\\n\\u{202E}c`');
});

test('of names in a row, those left out are counted', () => {
  expect(namedList(['a', 'b', 'c', 'd', 'e'], 2)).toBe('`a`, `b` and 3 more');
  expect(namedList(['a', 'b'], 2)).toBe('`a`, `b`');
  expect(namedList([], 2)).toBe('');
});

test('words become a sentence by their end alone: a name at their beginning stays as it is spelled', () => {
  expect(sentence(' `.env` looks like a secret ')).toBe('`.env` looks like a secret.');
  expect(sentence('npm deletes')).toBe('npm deletes.');
  for (const whole of ['Is it?', 'No!', 'And so on…', 'Done.']) expect(sentence(whole)).toBe(whole);
});

test('one is one', () => {
  expect([0, 1, 2].map((count) => counted(count, 'file'))).toEqual(['0 files', '1 file', '2 files']);
  expect(counted(2, 'entry', 'entries')).toBe('2 entries');
});
