import { chmodSync, existsSync, statSync } from 'node:fs';
import { openDatabase, type Connection } from './database.ts';
import { OtherFormat } from './problems.ts';
import { setAside, type Gap } from './setAside.ts';
import { damageOf, isBusy, isSqlite, sqliteProblem } from './sqliteProblem.ts';

const MOST_BUSY_MS = 10_000;

/**
 * The file of the log, open. A log that is damaged, or cannot be gone on with, is set aside whole and a new one begins
 * that names it: recording never stops. Whoever works with the file asks for the connection anew each time.
 */
export class LogFile {
  readonly path: string;
  readonly #openDatabase: typeof openDatabase;
  #open: { connection: Connection; identity: string } | undefined;
  #gap: Gap | undefined;

  constructor(path: string, open: typeof openDatabase = openDatabase) {
    this.path = path;
    this.#openDatabase = open;
  }

  /** Why a log begins here, where one was removed under the hands of this process. */
  get gap(): Gap | undefined {
    return this.#gap;
  }

  connection(): Connection {
    this.#open ??= this.#opened();
    return this.#open.connection;
  }

  /**
   * Does something with the log. One that proves to be damaged while it is written is set aside, and it is done with a
   * new one; while it is read, that is said. Problems come out as sentences that say what to do.
   */
  use<T>(purpose: 'write' | 'read', work: (connection: Connection) => T): T {
    try {
      try {
        return work(this.connection());
      } catch (error) {
        // Set aside by another process while this one worked with it: whatever went wrong is about the old file.
        if (isSqlite(error) && this.#open && !this.isCurrent()) {
          this.reopen();
          return work(this.connection());
        }
        const damage = damageOf(error);
        if (damage === undefined || purpose === 'read') throw error;
        this.replace('damaged', damage);
        return work(this.connection());
      }
    } catch (error) {
      throw sqliteProblem(error, this.path);
    }
  }

  /** Whether the file is still the one that is open: another process may have set it aside, or somebody removed it. */
  isCurrent(): boolean {
    return this.#open !== undefined && this.#open.identity === identityOf(this.path);
  }

  /** Opens the file that is there now. */
  reopen(): void {
    if (this.#open && !existsSync(this.path))
      this.#gap = { reason: 'missing', file: this.path, problem: 'the file was removed while it was in use' };
    this.close();
  }

  /** Sets the log aside and begins a new one. */
  replace(reason: Gap['reason'], problem: string): void {
    this.#setAside(this.#open?.identity ?? identityOf(this.path), reason, problem);
  }

  close(): void {
    this.#open?.connection.close();
    this.#open = undefined;
  }

  /** `identity`: of the file that is meant. By now the path may lead to a sound one that another process began. */
  #setAside(identity: string, reason: Gap['reason'], problem: string): void {
    this.close();
    setAside(this.path, () => identityOf(this.path) === identity, { reason, problem });
  }

  #opened(): { connection: Connection; identity: string } {
    const began = performance.now();
    let replaced = 0;
    for (let attempt = 0; ; attempt += 1) {
      const before = identityOf(this.path);
      try {
        const { connection } = this.#openDatabase(this.path);
        const identity = identityOf(this.path);
        if (before !== '' && before !== identity && attempt < 10) {
          connection.close();
          continue; // it was replaced while it was being opened
        }
        for (const suffix of ['', '-wal', '-shm']) keepPrivate(this.path + suffix);
        return { connection, identity };
      } catch (error) {
        if (isBusy(error) && performance.now() - began < MOST_BUSY_MS) {
          // Changing the journal answers so at once, whatever the timeout is.
          Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
          continue;
        }
        const isOlder = error instanceof OtherFormat && !error.isNewer;
        const damage = isOlder ? error.message : damageOf(error);
        if (damage === undefined || replaced > 2) throw error;
        // Not there before, and not whole now: another process is at it. The next look knows which file it means.
        if (before === '' && attempt < 10) continue;
        replaced += 1;
        this.#setAside(before, isOlder ? 'older format' : 'damaged', damage);
      }
    }
  }
}

/** Which file is at a path; empty where there is none. */
export function identityOf(path: string): string {
  const info = statSync(path, { throwIfNoEntry: false });
  return info ? `${info.dev}:${info.ino}:${info.birthtimeMs}` : '';
}

function keepPrivate(path: string): void {
  try {
    chmodSync(path, 0o600);
  } catch (error) {
    // The last process that used a -wal takes it away.
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
}
