import { existsSync, unlinkSync } from 'node:fs';
import type { NewEvent } from '../../../shared/auditEvent.ts';
import { logOf, parseBody } from '../chainWriter.ts';
import type { Connection } from '../database.ts';
import { damageOf } from '../sqliteProblem.ts';
import { openIndex } from './indexDatabase.ts';
import { rowOf } from './rows.ts';
import { facetsOf, searchWords } from './searchWords.ts';

const BATCH = 100;
/** Taking out more than this costs more than making the index anew. */
const MOST_TAKEN_OUT = 2000;

/**
 * Makes events searchable, some time after they were recorded: nobody waits for it who waits for a record. It lives in
 * a file of its own beside the log; damaged or lost, it is made anew.
 */
export class SearchIndex {
  readonly #file: string;
  #open: { of: Connection; index: Connection } | undefined;

  constructor(file: string) {
    this.#file = file;
  }

  /** Takes in some of the events that are not in it yet; how many are left. */
  advance(log: Connection): number {
    const index = this.connection(log);
    if (!index) return 0;
    return index.transaction(() => {
      const upTo = this.upTo(index);
      const rows = log
        .prepare(
          'SELECT e.seq AS seq, e.body AS body, p.body AS payload FROM events e LEFT JOIN payloads p ON p.seq = e.seq WHERE e.seq > ? ORDER BY e.seq LIMIT ?',
        )
        .all(upTo, BATCH);
      for (const row of rows) takeIn(index, Number(row['seq']), String(row['body']), row['payload']);
      const last = rows.at(-1);
      if (!last) return 0;
      index.prepare("UPDATE state SET value = ? WHERE name = 'upTo'").run(String(Number(last['seq'])));
      return lastSeq(log) - Number(last['seq']);
    });
  }

  /** Does something with the index, once more with a new one if it proves to be damaged. */
  safely<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (damageOf(error) === undefined) throw error;
      this.discard();
      return work();
    }
  }

  /** How many events are not in it yet. */
  behind(log: Connection): number {
    const index = this.connection(log);
    return index ? lastSeq(log) - this.upTo(index) : 0;
  }

  /** The index of a log; undefined while the log has no event. */
  connection(log: Connection): Connection | undefined {
    if (this.#open?.of === log && !isErasing(this.#open.index)) return this.#open.index;
    this.close();
    const name = logOf(log)?.log;
    if (name === undefined) return undefined;
    try {
      this.#open = { of: log, index: openIndex(this.#file, name) };
    } catch (error) {
      if (damageOf(error) === undefined) throw error;
      this.discard();
      this.#open = { of: log, index: openIndex(this.#file, name) };
    }
    return this.#open.index;
  }

  /**
   * Around an erasure: what goes is noted beforehand, and taken out while nobody else can take anything in. Whoever
   * finds the note makes the index anew. What is wrong with the index never hinders the erasure: it goes instead.
   */
  around(log: Connection, ranges: readonly [number, number][], work: () => void): void {
    let [isDone, failure]: [boolean, unknown] = [false, undefined];
    const once = (): void => {
      if (isDone) return;
      isDone = true;
      try {
        work();
      } catch (error) {
        failure = error;
        throw error;
      }
    };
    try {
      const index = this.connection(log);
      index?.prepare("INSERT OR REPLACE INTO state (name, value) VALUES ('erasing', 'yes')").run();
      if (!index) once();
      else if (size(ranges) > MOST_TAKEN_OUT) {
        index.transaction(once);
        this.connection(log); // the note stands: it is emptied, and made anew later
      } else
        index.transaction(() => {
          const rows = this.#known(log, index, ranges);
          once();
          for (const row of rows) takeOut(index, Number(row['seq']), String(row['body']), row['payload']);
          index.prepare("DELETE FROM state WHERE name = 'erasing'").run();
        });
    } catch (error) {
      if (failure !== undefined) throw error;
      this.discard();
      once();
    }
  }

  /** Those events of the ranges that are in the index. */
  #known(log: Connection, index: Connection, ranges: readonly [number, number][]): Record<string, unknown>[] {
    const upTo = this.upTo(index);
    return ranges.flatMap(([from, to]) =>
      log
        .prepare(
          `SELECT e.seq AS seq, e.body AS body, p.body AS payload FROM events e JOIN payloads p ON p.seq = e.seq
           WHERE e.seq BETWEEN ? AND ?`,
        )
        .all(from, Math.min(to, upTo)),
    );
  }

  upTo(index: Connection): number {
    return Number(index.prepare("SELECT value FROM state WHERE name = 'upTo'").get()?.['value'] ?? 0);
  }

  /** Away with it, whatever is in it. */
  discard(): void {
    this.close();
    for (const suffix of ['', '-journal']) if (existsSync(this.#file + suffix)) unlinkSync(this.#file + suffix);
  }

  close(): void {
    this.#open?.index.close();
    this.#open = undefined;
  }
}

function size(ranges: readonly [number, number][]): number {
  return ranges.reduce((sum, [from, to]) => sum + to - from + 1, 0);
}

function isErasing(index: Connection): boolean {
  return index.prepare("SELECT 1 FROM state WHERE name = 'erasing'").get() !== undefined;
}

/** Events of no run are not searched: policies, and what keeps the log itself. */
function takeIn(index: Connection, seq: number, text: string, payload: unknown): void {
  const event = parseBody(text);
  if (!event) return; // one damaged record is passed over here; verify names it
  if (event.type === 'run_started')
    index.prepare('INSERT OR IGNORE INTO runs (run, start) VALUES (?, ?)').run(event.run, seq);
  const start = startOf(index, event.run);
  const row = start === undefined ? undefined : rowOf(start, seq);
  if (start === undefined || row === undefined) return;
  const { text: words, paths } = searchWords(event, payloadOf(payload));
  if (words !== '') index.prepare('INSERT INTO search (rowid, text, paths) VALUES (?, ?, ?)').run(row, words, paths);
  for (const [kind, value] of facetsOf(event))
    index.prepare('INSERT OR IGNORE INTO facets (kind, value, start) VALUES (?, ?, ?)').run(kind, value, start);
}

/** What was erased goes; what the chain holds openly stays searchable. */
function takeOut(index: Connection, seq: number, text: string, payload: unknown): void {
  const event = parseBody(text);
  if (!event) return;
  const start = startOf(index, event.run);
  const place = start === undefined ? undefined : rowOf(start, seq);
  const before = searchWords(event, payloadOf(payload));
  if (place === undefined || before.text === '') return;
  index
    .prepare("INSERT INTO search (search, rowid, text, paths) VALUES ('delete', ?, ?, ?)")
    .run(place, before.text, before.paths);
  const after = searchWords(event, undefined);
  index.prepare('INSERT INTO search (rowid, text, paths) VALUES (?, ?, ?)').run(place, after.text, after.paths);
}

function payloadOf(text: unknown): NewEvent['payload'] {
  if (typeof text !== 'string') return undefined;
  try {
    return JSON.parse(text) as NewEvent['payload'];
  } catch {
    return undefined;
  }
}

function startOf(index: Connection, run: string): number | undefined {
  const start = index.prepare('SELECT start FROM runs WHERE run = ?').get(run)?.['start'];
  return typeof start === 'number' ? start : undefined;
}

function lastSeq(log: Connection): number {
  return Number(log.prepare('SELECT max(seq) AS s FROM events').get()?.['s'] ?? 0);
}
