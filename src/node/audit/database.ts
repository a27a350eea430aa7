import { DatabaseSync } from 'node:sqlite';

const SCHEMA = `
CREATE TABLE IF NOT EXISTS events (
  seq INTEGER PRIMARY KEY,
  run TEXT NOT NULL,
  action TEXT,
  type TEXT NOT NULL,
  body TEXT NOT NULL,
  hash TEXT NOT NULL UNIQUE
) STRICT;
CREATE INDEX IF NOT EXISTS events_by_run ON events (run, seq);
CREATE INDEX IF NOT EXISTS events_by_type ON events (type, seq);
CREATE TABLE IF NOT EXISTS payloads (
  seq INTEGER PRIMARY KEY REFERENCES events (seq),
  salt TEXT NOT NULL,
  body TEXT NOT NULL
) STRICT;
CREATE TRIGGER IF NOT EXISTS events_keep BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'events are only appended'); END;
CREATE TRIGGER IF NOT EXISTS events_same BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'events are only appended'); END;
CREATE TABLE IF NOT EXISTS active_runs (
  folder TEXT PRIMARY KEY,
  run TEXT NOT NULL,
  pid INTEGER NOT NULL,
  start TEXT NOT NULL,
  boot TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS transcripts (run TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT;
PRAGMA user_version = 1;
`;

const VERSION = 1;
const BUSY_MS = 10_000;

/**
 * Opens the audit database, every commit durable. WAL only where SQLite has the fix for its reset race (3.51.3);
 * before that, two writers could corrupt it, and a rollback journal is used instead.
 */
export function openDatabase(file: string): DatabaseSync {
  const database = new DatabaseSync(file, { timeout: BUSY_MS, enableForeignKeyConstraints: true });
  const version = database.prepare('SELECT sqlite_version() AS v').get()?.['v'];
  const journal = typeof version === 'string' && isAtLeast(version, [3, 51, 3]) ? 'WAL' : 'TRUNCATE';
  database.exec(`PRAGMA journal_mode = ${journal}; PRAGMA synchronous = FULL; PRAGMA trusted_schema = OFF;`);
  const stored = Number(database.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);
  if (stored > VERSION) {
    database.close();
    throw new Error(`the audit log ${file} was written by a newer version of Oversign; update Oversign to use it`);
  }
  if (stored < VERSION) {
    database.exec('BEGIN IMMEDIATE');
    database.exec(SCHEMA);
    database.exec('COMMIT');
  }
  return database;
}

function isAtLeast(version: string, wanted: [number, number, number]): boolean {
  const parts = version.split('.').map(Number);
  for (const [index, least] of wanted.entries()) {
    const part = parts[index] ?? 0;
    if (part !== least) return part > least;
  }
  return true;
}
