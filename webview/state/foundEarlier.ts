import type { Entry } from '../../src/shared/runView.ts';
import { MOST_FOUND } from './finding.ts';

/** Hits in entries that are there and not drawn. */
export interface FoundEarlier {
  readonly count: number;
  /** The first and the last of the entries that have one, by their place among all that are there. */
  readonly first: number;
  readonly last: number;
}

const NOTHING: FoundEarlier = { count: 0, first: -1, last: -1 };

/** Entries are replaced when they change, never altered: each is looked through as text once. */
const texts = new WeakMap<Entry, string>();

/** Where a text stands in entries, without regard to case: as their words are, before they are drawn. */
export function foundIn(entries: readonly Entry[], text: string): FoundEarlier {
  if (text === '') return NOTHING;
  const wanted = text.toLowerCase();
  let [count, first, last] = [0, -1, -1];
  for (const [index, entry] of entries.entries()) {
    const own = countIn(textOf(entry), wanted);
    if (own === 0) continue;
    count += own;
    if (first === -1) first = index;
    last = index;
  }
  return { count: Math.min(count, MOST_FOUND), first, last };
}

function textOf(entry: Entry): string {
  const known = texts.get(entry);
  if (known !== undefined) return known;
  const text = wordsOf(entry).join('\n').toLowerCase();
  texts.set(entry, text);
  return text;
}

function wordsOf(entry: Entry): string[] {
  if (entry.kind !== 'action') return [entry.text];
  const { title, ran = '', why = '', said = '', output = '' } = entry;
  return [title, ran, why, said, output];
}

function countIn(text: string, wanted: string): number {
  let count = 0;
  for (let at = text.indexOf(wanted); at !== -1; at = text.indexOf(wanted, at + wanted.length)) count += 1;
  return count;
}
