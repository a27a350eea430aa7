import { expect, test } from 'vitest';
import { consequenceOf } from '../../src/core/tools/command/consequence.ts';
import type { Loss, Words } from '../../src/shared/block.ts';
import { inLine } from '../../src/terminal/blockLines.ts';

const HELD: Loss = { files: 2, bytes: 55, more: false, tracked: 'tracked', unsaved: false };
const NONE = {
  outside: false,
  losses: [],
  lossesLeft: 0,
  unknownLosses: [],
  unknownLossesLeft: 0,
};
const said = (facts: Partial<Parameters<typeof consequenceOf>[0]>): string => {
  const words: Words = consequenceOf({ ...NONE, ...facts }) ?? [];
  return inLine(words);
};
const at = (path: string, loss: Partial<Loss> = {}) => ({ path, loss: { ...HELD, ...loss } });
const below = (folder: string) => ({ below: folder, program: 'find', does: 'deletes' as const });

test('nothing is said where nothing is known to be lost', () => {
  expect(consequenceOf(NONE)).toBeUndefined();
});

test('one place: what, how much, and whether git has it', () => {
  expect(said({ losses: [at('build/')] })).toBe('Takes away build/: 2 files, 55 bytes, in git.');
  expect(said({ losses: [at('a', { files: 1, uncommitted: true })] })).toBe(
    'Takes away a: 1 file, 55 bytes, in git, but with changes that are in no commit.',
  );
  expect(said({ losses: [at('a', { tracked: 'not tracked', unsaved: true, more: true })] })).toBe(
    'Takes away a: at least 2 files, 55 bytes, not in git, with unsaved changes in an editor.',
  );
});

test('several places are added up, and those that git does not have whole are counted', () => {
  const losses = [at('a'), at('b', { tracked: 'partly tracked' }), at('c', { uncommitted: true })];
  expect(said({ losses })).toBe('Takes away a and 2 more: 6 files, 165 bytes, 2 places of them not all in git.');
  expect(said({ losses: [at('a'), at('b')] })).toBe('Takes away a and 1 more: 4 files, 110 bytes.');
  // What is not listed counts, too.
  const lossTotal = { files: 90, bytes: 900, more: true };
  expect(said({ losses: [at('a')], lossesLeft: 7, lossTotal })).toBe(
    'Takes away a and 7 more: at least 90 files, 900 bytes.',
  );
});

test('what nobody knows is said, alone and beside what is known', () => {
  expect(said({ unknownLosses: [below('src')] })).toBe('Takes away files below src: nobody knows which.');
  expect(said({ unknownLosses: [below('src'), below('lib')], unknownLossesLeft: 2 })).toBe(
    'Takes away files below src and in 3 more places: nobody knows which.',
  );
  expect(said({ losses: [at('a')], unknownLosses: [below('src')] })).toMatch(/in git; and more, nobody knows which\.$/);
});

test('without a sandbox that alone is said: it can do anything', () => {
  expect(said({ outside: true, losses: [at('a')] })).toBe('Runs without a sandbox: it can do whatever you can.');
});
