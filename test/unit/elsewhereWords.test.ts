import { expect, test } from 'vitest';
import { heldWords, stateWords, whereWords } from '../../src/core/presence/elsewhere.ts';
import type { RunningRun } from '../../src/core/audit/port.ts';

const RUN: RunningRun = {
  ...{ run: 'r', holder: 'h', pid: 424_242, task: 't', folder: '/w', folders: ['/w'] },
  ...{ since: '2026-11-29T10:42:00.000Z', state: 'working' },
};

test.each<[string, Partial<RunningRun>, string]>([
  ['a window with a name', { at: 'editor', place: 'the window “sample”' }, 'the window “sample”'],
  ['a window of an earlier version', { at: 'editor', place: 'the window of process 424242' }, 'another window'],
  ['a terminal', { at: 'terminal', place: '/dev/pts/3' }, 'terminal pts/3'],
  ['nobody knows', {}, 'another program'],
])('where a run is, is said in words: %s', (_, where, expected) => {
  const run = { ...RUN, ...where };
  expect(whereWords(run)).toBe(expected);
  for (const state of ['working', 'asking', 'unattended'] as const)
    expect(stateWords({ ...run, state })).not.toMatch(/424|process/);
  expect(heldWords({ ok: false, folder: '/w', holder: { ...run, isHere: false } })).not.toMatch(/424|process/);
});

test('since when is said as the one who reads it has the time', () => {
  expect(stateWords(RUN, () => '10:42')).toBe('at work in another program since 10:42');
  expect(stateWords(RUN)).toContain('since 2026-11-29 10:42 UTC');
});
