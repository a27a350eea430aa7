import { expect, test } from 'vitest';
import { firstPaths, firstSentences } from '../../src/core/sandbox/remarks.ts';

test('of very many sentences the first are shown, and how many more there are', () => {
  const all = Array.from({ length: 5000 }, (_, i) => `[${i}: ${'x'.repeat(4000)} was moved to there]`);
  const shown = firstSentences(all, 'were set aside');
  expect(shown).toHaveLength(11);
  expect(shown.join('\n').length).toBeLessThan(6000);
  expect(shown[0]).toMatch(/^\[0: x+\[… \d+ more characters …\]x+ was moved to there\]$/);
  expect(shown.at(-1)).toBe('[and 4990 more were set aside]');
});

test('few and short ones are shown as they are', () => {
  expect(firstSentences(['a', 'b'], 'more')).toEqual(['a', 'b']);
  expect(firstPaths(['/a', '/b'])).toBe('/a, /b');
  expect(firstPaths(['1', '2', '3', '4', '5', '6', '7'])).toBe('1, 2, 3, 4, 5 and 2 more');
});
