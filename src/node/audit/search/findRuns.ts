import type { RunFilter } from '../../../core/audit/filter.ts';
import type { Connection } from '../database.ts';
import { placeOf, rowsOf } from './rows.ts';
import { pathQuery, textQuery } from '../../../core/audit/searchWords.ts';

/** A look takes so many steps and no more: whoever wants to look further back asks again. */
const MOST_STEPS = 10_000;

/** Starts of runs that were found, and from where to look on where the look was not to the end. */
export interface Found {
  starts: number[];
  next?: number;
}

/** Runs with something for each part of the filter, newest first, before a place. */
export function findRuns(index: Connection, filter: RunFilter, limit: number, before?: number): Found {
  const kinds = (['decision', 'tool', 'effect', 'host'] as const).flatMap((kind): [string, string][] => {
    const value = filter[kind];
    return value === undefined || value === '' ? [] : [[kind, value]];
  });
  const asked = [
    [filter.text ?? '', textQuery],
    [filter.path ?? '', pathQuery],
  ] as const;
  const queries = asked.flatMap(([text, query]) => query(text) ?? []);
  // Something was asked for that has no word in it: nothing has that.
  if (queries.length < asked.filter(([text]) => text.trim() !== '').length) return { starts: [] };
  const [query, ...otherQueries] = queries;
  const [kind, ...otherKinds] = kinds;
  const candidates =
    query !== undefined
      ? withWords(index, query, before ?? MOST_START)
      : withKind(index, kind ?? ['', ''], before ?? MOST_START);
  const others = query !== undefined ? kinds : otherKinds;
  const found: Found = { starts: [] };
  let steps = 0;
  for (const start of candidates) {
    steps += 1;
    if (others.every((one) => hasKind(index, one, start)) && otherQueries.every((one) => hasWords(index, one, start)))
      found.starts.push(start);
    if (found.starts.length === limit || steps >= MOST_STEPS) return { ...found, next: start };
  }
  return found;
}

/** The events of a run that have the words in them. */
export function matchingEvents(index: Connection, run: string, text: string): number[] {
  const start = index.prepare('SELECT start FROM runs WHERE run = ?').get(run)?.['start'];
  const query = textQuery(text);
  if (query === undefined || typeof start !== 'number') return [];
  return index
    .prepare('SELECT rowid AS row FROM search WHERE search MATCH ? AND rowid >= ? AND rowid < ?')
    .all(query, ...rowsOf(start))
    .map((row) => placeOf(Number(row['row'])).seq);
}

const MOST_VALUES = 100;

export function valuesOf(index: Connection, kind: string): string[] {
  return index
    .prepare('SELECT value FROM facets WHERE kind = ? GROUP BY value ORDER BY count(*) DESC LIMIT ?')
    .all(kind, MOST_VALUES)
    .map((row) => String(row['value']));
}

const MOST_START = 2 ** 29;

/** So many rows of one run are passed over before the rest of them are jumped. */
const PATIENCE = 16;

/** Starts of runs with the words, newest first. */
function* withWords(index: Connection, query: string, before: number): Generator<number> {
  const sql = 'SELECT rowid AS row FROM search WHERE search MATCH ? AND rowid < ? ORDER BY rowid DESC';
  for (let [end, isMore] = [rowsOf(before)[0], true]; isMore;) {
    isMore = false;
    let [last, passed] = [-1, 0];
    for (const row of index.database.prepare(sql).iterate(query, end)) {
      const { start } = placeOf(Number(row['row']));
      if (start !== last) {
        [last, passed] = [start, 0];
        yield start;
      } else if ((passed += 1) > PATIENCE) {
        [end, isMore] = [rowsOf(start)[0], true];
        break;
      }
    }
  }
}

function* withKind(index: Connection, [kind, value]: readonly [string, string], before: number): Generator<number> {
  for (const row of index
    .prepare('SELECT start FROM facets WHERE kind = ? AND value = ? AND start < ? ORDER BY start DESC')
    .iterate(kind, value, before))
    yield Number(row['start']);
}

function hasKind(index: Connection, [kind, value]: readonly [string, string], start: number): boolean {
  return (
    index.prepare('SELECT 1 FROM facets WHERE kind = ? AND value = ? AND start = ?').get(kind, value, start) !==
    undefined
  );
}

function hasWords(index: Connection, query: string, start: number): boolean {
  return (
    index
      .prepare('SELECT 1 FROM search WHERE search MATCH ? AND rowid >= ? AND rowid < ? LIMIT 1')
      .get(query, ...rowsOf(start)) !== undefined
  );
}
