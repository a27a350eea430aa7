import { createHash } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, readSync, renameSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

const WAIT_MS = 10_000;

/**
 * Moves a log aside, whole, with what belongs to it (`-wal`, `-shm`), into `damaged/` beside it; says where it is now,
 * how long it is, and its SHA-256. Undefined where `isStillThat` says that another process has done so already.
 */
export function setAside(
  file: string,
  isStillThat: () => boolean,
): { file: string; bytes: number; digest: string } | undefined {
  // A lock that ends with its process: SQLite's own, on a database with nothing in it.
  const lock = new DatabaseSync(join(dirname(file), 'set-aside.lock'), { timeout: WAIT_MS });
  try {
    lock.exec('BEGIN EXCLUSIVE');
    if (!isStillThat() || !existsSync(file)) return undefined;
    const folder = join(dirname(file), 'damaged');
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const time = new Date().toISOString().replaceAll(':', '-');
    const target = join(folder, `audit-${time}.db`);
    // What is in the -wal belongs to the log as much as the rest: it goes first, or a new log could take it for its own.
    for (const suffix of ['-wal', '-shm', ''])
      if (existsSync(file + suffix)) renameSync(file + suffix, target + suffix);
    return { file: target, bytes: statSync(target).size, digest: digestOf(target) };
  } finally {
    lock.close();
  }
}

function digestOf(file: string): string {
  const hash = createHash('sha256');
  const buffer = Buffer.alloc(1 << 20);
  const descriptor = openSync(file, 'r');
  try {
    for (let read = readSync(descriptor, buffer); read > 0; read = readSync(descriptor, buffer))
      hash.update(buffer.subarray(0, read));
  } finally {
    closeSync(descriptor);
  }
  return hash.digest('hex');
}
