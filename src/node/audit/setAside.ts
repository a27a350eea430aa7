import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import * as z from 'zod';

const WAIT_MS = 10_000;

const GapSchema = z.object({
  reason: z.enum(['damaged', 'missing', 'older format', 'other key']),
  file: z.string(),
  problem: z.string(),
  bytes: z.number().optional(),
  digest: z.string().optional(),
});
/** What came before a log that begins: said in its third event. */
export type Gap = z.infer<typeof GapSchema>;

/**
 * Moves a log aside, whole, with what belongs to it (`-wal`, `-shm`), into `damaged/` beside it, and notes where it is
 * now, how long it is, and its SHA-256, for whoever begins the next one. Nothing where `isStillThat` says that another
 * process has done so already.
 */
export function setAside(file: string, isStillThat: () => boolean, why: Pick<Gap, 'reason' | 'problem'>): void {
  alone(file, () => {
    if (!isStillThat() || !existsSync(file)) return;
    const folder = join(dirname(file), 'damaged');
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const time = new Date().toISOString().replaceAll(':', '-');
    const target = join(folder, `audit-${time}.db`);
    // What is in the -wal belongs to the log as much as the rest: it goes first, or a new log could take it for its own.
    for (const suffix of ['-wal', '-shm', ''])
      if (existsSync(file + suffix)) renameSync(file + suffix, target + suffix);
    const gap: Gap = { ...why, file: target, bytes: statSync(target).size, digest: digestOf(target) };
    writeFileSync(noteOf(file), JSON.stringify(gap), { mode: 0o600, flush: true });
  });
}

/** What was noted of the log before, for the one that begins now. */
export function notedGap(file: string): Gap | undefined {
  return alone(file, () => {
    const text = existsSync(noteOf(file)) ? readFileSync(noteOf(file), 'utf8') : undefined;
    return text === undefined ? undefined : parsed(text);
  });
}

/** The log that begins has said it. */
export function forgetGap(file: string): void {
  rmSync(noteOf(file), { force: true });
}

function noteOf(file: string): string {
  return `${file}.gap.json`;
}

function parsed(text: string): Gap | undefined {
  try {
    return GapSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** With a lock that ends with its process: SQLite's own, on a database with nothing in it. */
function alone<T>(file: string, work: () => T): T {
  const lock = new DatabaseSync(join(dirname(file), 'set-aside.lock'), { timeout: WAIT_MS });
  try {
    lock.exec('BEGIN EXCLUSIVE');
    return work();
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
