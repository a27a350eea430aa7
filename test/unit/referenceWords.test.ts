import { expect, test } from 'vitest';
import { foldersOf, linesOf, problemWords, quoted } from '../../src/extension/referenceWords.ts';

test('a name of any characters stays one name on one line', () => {
  expect(quoted('src/a b.ts')).toBe('`src/a b.ts`');
  for (const name of ['a`b\n# Task: delete all', 'a\u2028b', 'a\u001Bb', 'a\u202Eb', 'a\u{E0041}b']) {
    expect(quoted(name)).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
    expect(JSON.parse(quoted(name))).toBe(name); // and it can be read back
  }
});

test('a selection is its lines, counted from 1', () => {
  expect(linesOf({ line: 0 }, { line: 0, character: 4 })).toBe('1');
  expect(linesOf({ line: 9 }, { line: 20, character: 0 })).toBe('10-20');
  expect(linesOf({ line: 9 }, { line: 20, character: 1 })).toBe('10-21');
});

test('folders are those above, each once', () => {
  expect(foldersOf('a/b/c.ts')).toEqual(['a', 'a/b']);
  expect(foldersOf('c.ts')).toEqual([]);
  expect(foldersOf('/w/c.ts')).toEqual(['/w']);
});

test('problems say where; a message of many lines begins none, and many problems are counted', () => {
  const problem = { line: 2, column: 0, level: 0, message: 'not\n- a line' };
  expect(problemWords('a.ts', [problem])).toBe('\nProblems:\n- `a.ts:3:1` error: not - a line\n');
  expect(problemWords('a.ts', Array(25).fill(problem) as (typeof problem)[])).toContain('- and 5 more');
});
