import { chmodSync, existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { Connection } from '../database.ts';

/**
 * Everything here is made from the log and can be made again: it is no evidence. FTS5 keeps no copy of the texts
 * (content='').
 */
const SCHEMA = `
CREATE TABLE state (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE runs (run TEXT PRIMARY KEY, start INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE facets (
  kind TEXT NOT NULL, value TEXT NOT NULL, start INTEGER NOT NULL, PRIMARY KEY (kind, value, start)
) STRICT, WITHOUT ROWID;
CREATE VIRTUAL TABLE search USING fts5 (text, paths, content = '', detail = full, tokenize = 'unicode61');
`;

const VERSION = 3;

/**
 * Opens the index of a log, made or emptied where it belongs to another one or to a later state of it (`knows` says
 * whether an event has that hash), or was left in the middle of an erasure.
 */
export function openIndex(file: string, log: string, knows: (seq: number, hash: string) => boolean): Connection {
  const database = new DatabaseSync(file, { timeout: 10_000 });
  try {
    database.exec(
      'PRAGMA secure_delete = ON; PRAGMA trusted_schema = OFF; PRAGMA journal_mode = TRUNCATE; PRAGMA synchronous = NORMAL;',
    );
    for (const suffix of ['', '-journal']) if (existsSync(file + suffix)) chmodSync(file + suffix, 0o600);
    const connection = new Connection(database);
    connection.transaction(() => {
      if (isIndexOf(database, log, knows)) return;
      refill(database, log);
    });
    return connection;
  } catch (error) {
    database.close();
    throw error;
  }
}

function isIndexOf(database: DatabaseSync, log: string, knows: (seq: number, hash: string) => boolean): boolean {
  if (Number(database.prepare('PRAGMA user_version').get()?.['user_version']) !== VERSION) return false;
  const state = database.prepare('SELECT value FROM state WHERE name = ?');
  if (state.get('log')?.['value'] !== log || state.get('erasing') !== undefined) return false;
  return knows(Number(state.get('upTo')?.['value']), String(state.get('hash')?.['value']));
}

/** Empties it, to be made anew. Dropped tables are overwritten (secure_delete), unlike a file that is removed. */
export function refill(database: DatabaseSync, log: string): void {
  for (const table of ['search', 'facets', 'runs', 'state']) database.exec(`DROP TABLE IF EXISTS ${table}`);
  database.exec(`${SCHEMA} PRAGMA user_version = ${VERSION};`);
  database.prepare("INSERT INTO state (name, value) VALUES ('log', ?), ('upTo', '0'), ('hash', '')").run(log);
}
