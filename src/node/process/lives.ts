import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, statSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { isAlive, isCountedHere, isOfNamespace, isOfThisBoot, type ProcessIdentity } from './identity.ts';

const WAIT_MS = 5_000;
const MOST_TRIES = 5;

/**
 * Which processes that share a data folder are alive, wherever they run. Each holds a lock of the kernel's (SQLite's own,
 * fcntl(2)) on a file of its own: it goes with the process however that ends, and is seen from other PID namespaces (a
 * container that shares the folder), where numbers of processes say nothing.
 */
export class Lives implements Disposable {
  readonly #folder: string;
  #held: { file: string; database: DatabaseSync } | undefined;

  constructor(dataFolder: string) {
    this.#folder = join(dataFolder, 'live');
  }

  /** From here on it is seen that this process is alive. A process speaks for itself alone. */
  hold(owner: ProcessIdentity): void {
    if (this.#held || owner.pid !== process.pid || !isAlive(owner)) return;
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    this.#sweep();
    const file = this.#fileOf(owner);
    for (let turn = 0; turn < MOST_TRIES && !this.#held; turn += 1) {
      const database = new DatabaseSync(file, { timeout: WAIT_MS });
      database.exec('BEGIN');
      database.prepare('SELECT count(*) FROM sqlite_schema').get(); // takes the lock, shared with other threads
      // Whoever sweeps may have been between looking and taking away: what has no name any more is seen by nobody.
      if (existsSync(file)) this.#held = { file, database };
      else database.close();
    }
  }

  /**
   * Whether a process is alive. What cannot be known counts as alive: a process that cannot be seen, and that left no file
   * (an earlier Oversign in another namespace).
   */
  isAlive(owner: ProcessIdentity): boolean {
    // With its time of start a number that counts here says all; without one it may be another process's by now.
    if (isCountedHere(owner) && owner.start !== '') return isAlive(owner);
    const file = this.#fileOf(owner);
    if (existsSync(file)) return isHeld(file);
    if (isCountedHere(owner)) return isAlive(owner);
    // Whoever says its namespace has had a file before it had anything else.
    return isOfThisBoot(owner) && !isOfNamespace(owner);
  }

  [Symbol.dispose](): void {
    const own = this.#held;
    this.#held = undefined;
    own?.database.close();
    if (own) isHeld(own.file, unlinkSync);
  }

  #fileOf(owner: ProcessIdentity): string {
    const { pid, start, boot } = owner;
    const name = createHash('sha256')
      .update(JSON.stringify([pid, start, boot]))
      .digest('hex')
      .slice(0, 32);
    return join(this.#folder, name);
  }

  /** Files of processes that are gone. */
  #sweep(): void {
    for (const name of readdirSync(this.#folder)) {
      if (!/^[0-9a-f]{32}$/.test(name)) continue;
      isHeld(join(this.#folder, name), unlinkSync);
    }
  }
}

/** `ifFree`: done with the file while nobody can take its lock. */
function isHeld(file: string, ifFree?: (file: string) => void): boolean {
  try {
    if (!statSync(file).isFile()) return false;
    using database = new DatabaseSync(file, { timeout: 0 });
    database.exec('BEGIN EXCLUSIVE');
    ifFree?.(file);
    return false;
  } catch {
    return existsSync(file); // locked, or it cannot be told
  }
}
