import fc from 'fast-check';
import { expect, test } from 'vitest';
import { onlyDifference } from '../../src/vscode/onlyDifference.ts';

const texts = fc.string({ unit: fc.constantFrom('a', 'b', '\n', '\r\n', '😀', '😁', 'é'), maxLength: 12 });

test('the stretch in which two texts differ, put in, makes the second of the first, and splits no character', () => {
  fc.assert(
    fc.property(texts, texts, (before, after) => {
      const { from, to, text } = onlyDifference(before, after);
      expect(before.slice(0, from) + text + before.slice(to)).toBe(after);
      for (const piece of [before.slice(0, from), text, before.slice(to)]) expect(piece.isWellFormed()).toBe(true);
      for (const at of [from, to]) expect(before.slice(at - 1, at + 1)).not.toBe('\r\n');
    }),
  );
});

test('what is the same at both ends is left out', () => {
  expect(onlyDifference('one mine\n', 'two mine\n')).toEqual({ from: 0, to: 3, text: 'two' });
  expect(onlyDifference('aaa', 'aa')).toEqual({ from: 2, to: 3, text: '' });
});
