import { existsSync, unlinkSync } from 'node:fs';
import { isJsonObject } from '../../../shared/json.ts';
import type { StoredPayload } from '../../../shared/auditEvent.ts';
import { logOf, parseBody } from '../logText.ts';
import type { Connection } from '../database.ts';
import { identityOf } from '../logFile.ts';
import { damageOf } from '../sqliteProblem.ts';
import { openIndex, refill } from './indexDatabase.ts';
import { rowOf } from './rows.ts';
import { facetsOf, searchWords } from '../../../core/audit/searchWords.ts';

const BATCH = 100;

interface Open {
  of: Connection;
  index: Connection;
  identity: string;
}

/**
 * Makes events searchable, some time after they were recorded: nobody waits for it who waits for a record. It lives in
 * a file of its own beside the log; damaged or lost, it is made anew.
 */
export class SearchIndex {
  readonly #file: string;
  #open: Open | undefined;

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
      const seq = Number(last['seq']);
      index.prepare("UPDATE state SET value = ? WHERE name = 'upTo'").run(String(seq));
      index.prepare("UPDATE state SET value = ? WHERE name = 'hash'").run(hashAt(log, seq));
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
    const open = this.#open;
    // Another process may have thrown it away, or left an erasure half done.
    if (open?.of === log && open.identity === identityOf(this.#file) && !isErasing(open.index)) return open.index;
    this.close();
    const name = logOf(log)?.log;
    if (name === undefined) return undefined;
    try {
      this.#open = this.#opened(log, name);
    } catch (error) {
      if (damageOf(error) === undefined) throw error;
      this.discard();
      this.#open = this.#opened(log, name);
    }
    return this.#open.index;
  }

  /**
   * Around an erasure: the index is emptied while nobody else can take anything in, and made anew afterwards. To take
   * single words out is not enough: FTS5 keeps some of them to find its pages by. A note says beforehand what goes on,
   * and whoever finds it after a crash empties the index. What is wrong with it never hinders the erasure.
   */
  around(log: Connection, work: () => void): void {
    const progress = { isDone: false, failure: undefined as unknown };
    const once = (): void => {
      if (progress.isDone) return;
      progress.isDone = true;
      try {
        work();
      } catch (error) {
        progress.failure = error;
        throw error;
      }
    };
    try {
      for (let attempt = 0; !progress.isDone && attempt < 10; attempt += 1) {
        const index = this.connection(log);
        if (!index) break;
        index.prepare("INSERT OR REPLACE INTO state (name, value) VALUES ('erasing', 'yes')").run();
        index.transaction(() => {
          // Another process may have found the note before this one could go on, and emptied the index for it.
          if (!isErasing(index)) return;
          refill(index.database, logOf(log)?.log ?? '');
          once();
        });
      }
      once();
    } catch (error) {
      if (progress.failure !== undefined) throw error;
      this.discard();
      once();
    }
  }

  #opened(log: Connection, name: string): Open {
    const index = openIndex(this.#file, name, (seq, hash) => hashAt(log, seq) === hash);
    return { of: log, index, identity: identityOf(this.#file) };
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
  const stored = payloadOf(payload);
  const { text: words, paths } = searchWords(event, stored);
  if (words !== '') index.prepare('INSERT INTO search (rowid, text, paths) VALUES (?, ?, ?)').run(row, words, paths);
  for (const [kind, value] of facetsOf(event, stored))
    index.prepare('INSERT OR IGNORE INTO facets (kind, value, start) VALUES (?, ?, ?)').run(kind, value, start);
}

function payloadOf(text: unknown): StoredPayload {
  if (typeof text !== 'string') return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function startOf(index: Connection, run: string): number | undefined {
  const start = index.prepare('SELECT start FROM runs WHERE run = ?').get(run)?.['start'];
  return typeof start === 'number' ? start : undefined;
}

function hashAt(log: Connection, seq: number): string {
  return String(log.prepare('SELECT hash FROM events WHERE seq = ?').get(seq)?.['hash'] ?? '');
}

function lastSeq(log: Connection): number {
  return Number(log.prepare('SELECT max(seq) AS s FROM events').get()?.['s'] ?? 0);
}
