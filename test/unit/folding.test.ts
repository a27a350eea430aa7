import { describe, expect, it, test } from 'vitest';
import type { Entry } from '../../src/shared/runView.ts';
import { looksWords, rowsOf } from '../../webview/state/folding.ts';

type Action = Extract<Entry, { kind: 'action' }>;
let made = 0;

function look(effect: 'read' | 'list' | 'search', place: string, more: Partial<Action> = {}): Action {
  made += 1;
  const looks = { effect, places: [place] };
  return { kind: 'action', id: `a${made}`, tool: 't', title: place, status: 'done', verdict: 'allow', looks, ...more };
}

const words: Entry = { kind: 'assistant', text: 'x', streaming: false };
/** As a string of letters: E an entry, a number so many looks in one row. */
const drawn = (entries: readonly Entry[]): string =>
  rowsOf(entries, 0)
    .map((row) => (row.kind === 'looks' ? String(row.entries.length) : 'E'))
    .join('');

describe('looks that follow one another', () => {
  it('are one row', () => {
    expect(drawn([words, look('read', 'a'), look('list', 'b'), look('search', 'c'), words])).toBe('E3E');
  });

  it('are told apart by what stands between them', () => {
    expect(drawn([look('read', 'a'), look('read', 'b'), words, look('read', 'c'), look('read', 'd')])).toBe('2E2');
  });

  it('alone, stands for itself', () => {
    expect(drawn([look('read', 'a')])).toBe('E');
  });

  it.each<[string, Partial<Action>]>([
    ['was asked about', { verdict: 'ask' }],
    ['was denied', { verdict: 'deny', status: 'denied' }],
    ['failed', { status: 'failed' }],
    ['runs', { status: 'running' }],
    ['waits', { status: 'waiting' }],
    ['was never decided', { verdict: undefined }],
    ['is no look', { looks: undefined }],
    ['was put back', { status: 'reverted' }],
  ])('keep a row of its own for one that %s', (_name, more) => {
    const { verdict, looks, ...one } = { ...look('read', 'x'), ...more };
    const other: Entry = { ...one, ...(verdict && { verdict }), ...(looks && { looks }) };
    expect(drawn([look('read', 'a'), look('read', 'b'), other, look('read', 'c'), look('read', 'd')])).toBe('2E2');
  });

  it('lose nothing, and keep their numbers', () => {
    const entries = [words, look('read', 'a'), look('read', 'b'), words, look('list', 'c')];
    const rows = rowsOf(entries, 7);
    expect(rows.map(({ number }) => number)).toEqual([7, 8, 10, 11]);
    expect(rows.flatMap((row): Entry[] => (row.kind === 'looks' ? [...row.entries] : [row.entry]))).toEqual(entries);
  });
});

test.each([
  [[look('read', 'a'), look('read', 'b'), look('read', 'a')], 'Read 2 files'],
  [[look('read', 'a'), look('search', '.'), look('search', '.')], 'Read 1 file, searched twice'],
  [[look('search', '.'), look('list', 'a'), look('list', 'b')], 'Searched once, listed 2 folders'],
  [[look('search', '.'), look('search', '.'), look('search', '.')], 'Searched 3 times'],
  [[look('read', 'a', { looks: { effect: 'read', places: ['a', 'b', 'c'] } }), look('read', 'c')], 'Read 3 files'],
])('what looks were, in words (%#)', (entries, sentence) => {
  expect(looksWords(entries)).toBe(sentence);
});
