import { expect, test } from 'vitest';
import { folderNotes, noFolderWords } from '../../src/extension/folderNotes.ts';

const notes = (named: string[], window: string[]): string[] => folderNotes({ named, leftOut: [] }, window)?.notes ?? [];

test.each([
  ['the same folders', ['/a', '/b'], ['/a', '/b'], []],
  ['removed and added again', ['/a'], ['/a'], []],
  ['one more', ['/a'], ['/a', '/b'], ['This run keeps the folders it began with. From the next run on: /b.']],
  ['one less', ['/a', '/b'], ['/a'], ['This run keeps the folders it began with. Until then it still works in /b.']],
  [
    'one in the place of another',
    ['/a'],
    ['/b'],
    ['This run keeps the folders it began with. From the next run on: /b. Until then it still works in /a.'],
  ],
  [
    'another order',
    ['/a', '/b'],
    ['/b', '/a'],
    ['This run keeps the folders it began with. Their new order counts from the next run.'],
  ],
])('%s, while there is a run', (_, named, window, expected) => {
  expect(notes(named, window)).toEqual(expected);
});

test('what is left out is why no run can begin', () => {
  expect(noFolderWords([])).toMatch(/^Open a folder first/);
  expect(noFolderWords([{ folder: '/x', why: 'The workspace /x does not exist.' }])).toBe(
    'The workspace /x does not exist.',
  );
});
