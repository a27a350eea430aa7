import { expect, test } from 'vitest';
import { bytesWords } from '../../src/shared/bytesWords.ts';
import { DecidedBySchema } from '../../src/shared/decidedBy.ts';
import { durationWords, outcomeWords } from '../../src/shared/outcomeWords.ts';

test.each([
  [{ status: 'done', decidedBy: 'you', exit: 1, durationMs: 400 } as const, 'approved by you · exit 1 · 0.4 s'],
  [{ status: 'denied', decidedBy: 'you', said: 'Keep build/' } as const, 'denied by you: “Keep build/”'],
  [{ status: 'done', decidedBy: 'remembered', exit: 0, durationMs: 99 } as const, 'remembered · exit 0'],
  [{ status: 'running' }, ''],
  [{ status: 'done', said: 'words without an answer' }, ''],
])('how it was decided and how it ended: %j', (outcome, words) => {
  expect(outcomeWords(outcome)).toBe(words);
});

test('whoever decided, a denial is never called an approval, and nothing else is called a denial', () => {
  for (const decidedBy of DecidedBySchema.options) {
    expect(outcomeWords({ status: 'done', decidedBy })).not.toContain('denied');
    expect(outcomeWords({ status: 'denied', decidedBy })).not.toMatch(/approved|allowed/);
    expect(outcomeWords({ status: 'done', decidedBy })).not.toBe('');
  }
});

test.each([
  [0, '0 ms'],
  [12, '12 ms'],
  [99.6, '100 ms'],
  [400, '0.4 s'],
  [3000, '3 s'],
  [9960, '10 s'],
  [59_400, '59 s'],
  [59_600, '1 min'],
  [180_000, '3 min'],
  [185_000, '3 min 5 s'],
  [3_600_000, '1 h'],
  [7_860_000, '2 h 11 min'],
  [86_400_000, '24 h'],
])('%d ms are written %s', (ms, words) => {
  expect(durationWords(ms)).toBe(words);
});

test.each([
  [0, '0 bytes'],
  [1, '1 byte'],
  [1023, '1023 bytes'],
  [1024, '1 KiB'],
  [1536, '1.5 KiB'],
  [1024 ** 2 - 1, '1 MiB'],
  [2 * 1024 ** 3, '2 GiB'],
  [5000 * 1024 ** 4, '5000 TiB'],
])('%d bytes are written %s', (bytes, words) => {
  expect(bytesWords(bytes)).toBe(words);
});
