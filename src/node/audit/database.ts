import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { LogProblem, OtherFormat, RulesChanged } from './problems.ts';

/**
 * The text of an event is the one truth about it: what is searched by (run, action, type) is computed from that text,
 * so that it cannot say something else. Payloads stand apart, each with its salt, and can go.
 */
const SCHEMA = `
CREATE TABLE events (
  seq INTEGER PRIMARY KEY,
  body TEXT NOT NULL,
  hash TEXT NOT NULL,
  run TEXT NOT NULL GENERATED ALWAYS AS (body ->> '$.run') VIRTUAL,
  type TEXT NOT NULL GENERATED ALWAYS AS (body ->> '$.type') VIRTUAL
) STRICT;
CREATE INDEX events_by_run ON events (run, type);
CREATE INDEX run_starts ON events (seq) WHERE type = 'run_started';
CREATE INDEX heads ON events (seq) WHERE type = 'head';
CREATE INDEX writers ON events (seq) WHERE type = 'writer';
CREATE TABLE payloads (
  seq INTEGER PRIMARY KEY REFERENCES events (seq),
  salt TEXT NOT NULL,
  body TEXT NOT NULL
) STRICT;
CREATE TRIGGER events_keep BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'events are only appended'); END;
CREATE TRIGGER events_same BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'events are only appended'); END;
CREATE TRIGGER payloads_same BEFORE UPDATE ON payloads BEGIN SELECT RAISE(ABORT, 'payloads are only erased'); END;
CREATE TABLE active_runs (
  folder TEXT PRIMARY KEY,
  run TEXT NOT NULL,
  pid INTEGER NOT NULL,
  start TEXT NOT NULL,
  boot TEXT NOT NULL
) STRICT;
CREATE TABLE transcripts (
  run TEXT PRIMARY KEY,
  body TEXT NOT NULL,
  seq INTEGER NOT NULL,
  writer TEXT NOT NULL,
  signature TEXT NOT NULL
) STRICT;
`;

/** What makes up a database as `SCHEMA` makes it: nobody may add a trigger that swallows, or a view that lies. */
let rules: string | undefined;

/** Whether the database's schema is the one that it was made with. */
export function hasOwnRules(database: DatabaseSync): boolean {
  if (rules === undefined) {
    using fresh = new DatabaseSync(':memory:');
    fresh.exec(SCHEMA);
    rules = rulesOf(fresh);
  }
  return rulesOf(database) === rules;
}

function rulesOf(database: DatabaseSync): string {
  const rows = database.prepare('SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name').all();
  return JSON.stringify(rows);
}

const VERSION = 2;
const BUSY_MS = 10_000;

/** An open database, its statements prepared once. */
export class Connection {
  readonly database: DatabaseSync;
  #schemaVersion = -1;
  readonly #prepared = new Map<string, StatementSync>();

  constructor(database: DatabaseSync) {
    this.database = database;
  }

  prepare(sql: string): StatementSync {
    const known = this.#prepared.get(sql) ?? this.database.prepare(sql);
    this.#prepared.set(sql, known);
    return known;
  }

  /** Throws `RulesChanged` where somebody changed the schema; cheap while nobody has. */
  checkRules(): void {
    const version = Number(this.prepare('PRAGMA schema_version').get()?.['schema_version']);
    if (version === this.#schemaVersion) return;
    if (!hasOwnRules(this.database)) throw new RulesChanged();
    this.#schemaVersion = version;
  }

  /** All of it or nothing, durable when it returns; other writers wait meanwhile. */
  transaction<T>(work: () => T): T {
    this.prepare('BEGIN IMMEDIATE').run();
    try {
      const result = work();
      this.prepare('COMMIT').run();
      return result;
    } catch (error) {
      if (this.database.isTransaction) this.database.exec('ROLLBACK');
      throw error;
    }
  }

  close(): void {
    this.#prepared.clear();
    this.database.close();
  }
}

/** Opens the log's database, every commit durable, everything deleted overwritten; `isNew` where it was made just now. */
export function openDatabase(file: string): { connection: Connection; isNew: boolean } {
  const database = new DatabaseSync(file, { timeout: BUSY_MS, enableForeignKeyConstraints: true });
  try {
    database.exec('PRAGMA secure_delete = ON; PRAGMA trusted_schema = OFF;');
    const stored = (): number => Number(database.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);
    const found = stored();
    if (found > VERSION || (found !== 0 && found < VERSION)) throw OtherFormat.of(file, found > VERSION);
    if (found === 0) database.exec('PRAGMA auto_vacuum = INCREMENTAL;'); // counts only before anything is in it
    setJournal(database, file);
    if (found === VERSION) return { connection: new Connection(database), isNew: false };
    database.exec('BEGIN IMMEDIATE');
    const isMine = stored() === 0; // another process may have been quicker
    if (isMine) database.exec(`${SCHEMA} PRAGMA user_version = ${VERSION};`);
    database.exec('COMMIT');
    return { connection: new Connection(database), isNew: isMine };
  } catch (error) {
    database.close();
    throw error;
  }
}

/** The same for looking alone: nothing is made, nothing is changed. */
export function openReadOnly(file: string, busyMs = BUSY_MS): Connection {
  const database = new DatabaseSync(file, { readOnly: true, timeout: busyMs });
  try {
    database.exec('PRAGMA trusted_schema = OFF;');
    const found = Number(database.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);
    if (found === 0) throw new LogProblem(`${file} holds no audit log`);
    if (found !== VERSION) throw OtherFormat.of(file, found > VERSION);
    return new Connection(database);
  } catch (error) {
    database.close();
    throw error;
  }
}

/**
 * WAL only where SQLite has the fix for its reset race (3.51.3), which two writers could meet, and only where all
 * processes share one memory of the file, which network file systems do not give (sqlite.org/wal.html): there a
 * rollback journal is used.
 */
function setJournal(database: DatabaseSync, file: string): void {
  const version = String(database.prepare('SELECT sqlite_version() AS v').get()?.['v']);
  const wanted = journalFor(version, fileSystemType(dirname(file)));
  const got = database.prepare(`PRAGMA journal_mode = ${wanted}`).get()?.['journal_mode'];
  if (String(got).toUpperCase() !== wanted)
    throw new LogProblem(`the journal of ${file} cannot be set to ${wanted}; another program holds the file`);
  // fullfsync counts on macOS, where fsync alone does not reach the disk.
  database.exec('PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON;');
}

export function journalFor(sqliteVersion: string, fileSystem: number): 'WAL' | 'TRUNCATE' {
  return isAtLeast(sqliteVersion, [3, 51, 3]) && !NETWORK.has(fileSystem) ? 'WAL' : 'TRUNCATE';
}

/** File systems that reach other machines, or may (statfs(2), linux/magic.h; fuse.h for FUSE, which sshfs is). */
const NETWORK = new Set([
  0x6969, // NFS
  0x517b, // SMB
  0xfe534d42, // SMB2
  0xff534d42, // CIFS
  0x564c, // NCP
  0x73757245, // Coda
  0x5346414f, // OpenAFS
  0x6b414653, // AFS in the kernel
  0x01021997, // 9P: also Windows folders under WSL
  0x00c36400, // Ceph
  0x0bd00bd0, // Lustre
  0x47504653, // GPFS
  0x65735546, // FUSE
  0x786f4256, // VirtualBox's shared folders
]);

function fileSystemType(folder: string): number {
  // A negative number where the type has its highest bit set and is read as a signed one.
  return process.platform === 'linux' ? statfsSync(folder).type >>> 0 : 0;
}

function isAtLeast(version: string, wanted: readonly [number, number, number]): boolean {
  const parts = version.split('.').map(Number);
  for (const [index, least] of wanted.entries()) {
    const part = parts[index] ?? 0;
    if (part !== least) return part > least;
  }
  return true;
}
