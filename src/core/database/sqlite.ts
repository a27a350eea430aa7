import type { Sandbox } from '../sandbox/port.ts';
import type { RowCaps, StatementResult } from './rows.ts';

/** A database is more than one file while it is open somewhere, or was left so (sqlite.org/tempfiles.html). */
export const BESIDE = ['-wal', '-journal', '-shm'] as const;

/** One of the files that a database is made of, as its bytes come. */
export interface SqliteFile {
  suffix: '' | '-wal' | '-journal';
  size: number;
  chunks: AsyncIterable<Uint8Array>;
}

/** What is asked of a copy of a database. Without files it is a new one. */
export interface SqliteJob {
  files: readonly SqliteFile[];
  /** `write`: in one transaction, and the whole database comes back. */
  mode: 'read' | 'write';
  statements: readonly string[];
  caps: RowCaps;
  seconds: number;
}

export interface SqliteAnswer {
  /** One for each statement. */
  results: readonly StatementResult[];
  /** What a write changes, as SQLite said it: `insert into users`. */
  touches: readonly string[];
  /** The whole database after a write. */
  database?: Uint8Array;
}

/**
 * SQLite over a copy, in a process of its own inside the sandbox: what is in there reaches no file, no network and no
 * secret, and is killed at its limits. What the statements do wrong, and what the limits end, is a `ToolFailure`.
 */
export interface SqlitePort {
  ask(job: SqliteJob, where: { sandbox: Sandbox; signal: AbortSignal }): Promise<SqliteAnswer>;
  /** Programs that have one of these files open, each in a few words; none also where nobody can tell. */
  heldBy(paths: readonly string[]): Promise<string[]>;
}
