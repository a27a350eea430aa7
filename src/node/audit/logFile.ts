import { chmodSync, existsSync, statSync } from 'node:fs';
import { openDatabase, OtherFormat, type Connection } from './database.ts';
import { setAside } from './setAside.ts';
import { damageOf, isSqlite, sqliteProblem } from './sqliteProblem.ts';

/** What came before a log that begins: said in its second event. */
export interface Gap {
  reason: 'damaged' | 'missing' | 'older format' | 'other key';
  file: string;
  problem: string;
  bytes?: number;
  digest?: string;
}

/**
 * The file of the log, open. A log that is damaged, or cannot be gone on with, is set aside whole and a new one begins
 * that names it: recording never stops. Whoever works with the file asks for the connection anew each time.
 */
export class LogFile {
  readonly path: string;
  #open: { connection: Connection; identity: string } | undefined;
  #gap: Gap | undefined;

  constructor(path: string) {
    this.path = path;
  }

  /** Why a log that has no event yet begins here, where one was here before. */
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
    const identity = this.#open?.identity ?? identityOf(this.path);
    this.close();
    const aside = setAside(this.path, () => identityOf(this.path) === identity);
    // Nothing where another process was quicker: then the new log is there already.
    if (aside) this.#gap = { reason, problem, ...aside };
  }

  close(): void {
    this.#open?.connection.close();
    this.#open = undefined;
  }

  #opened(): { connection: Connection; identity: string } {
    for (let attempt = 0; ; attempt += 1) {
      const before = identityOf(this.path);
      try {
        const { connection } = openDatabase(this.path);
        const identity = identityOf(this.path);
        if (before !== '' && before !== identity && attempt < 10) {
          connection.close();
          continue; // it was replaced while it was being opened
        }
        for (const suffix of ['', '-wal', '-shm'])
          if (existsSync(this.path + suffix)) chmodSync(this.path + suffix, 0o600);
        return { connection, identity };
      } catch (error) {
        const isOlder = error instanceof OtherFormat && !error.isNewer;
        const damage = isOlder ? error.message : damageOf(error);
        if (damage === undefined || attempt > 2) throw error;
        this.replace(isOlder ? 'older format' : 'damaged', damage);
      }
    }
  }
}

/** Which file is at a path; empty where there is none. */
function identityOf(path: string): string {
  const info = statSync(path, { throwIfNoEntry: false });
  return info ? `${info.dev}:${info.ino}:${info.birthtimeMs}` : '';
}
