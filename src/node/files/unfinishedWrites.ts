import { randomUUID } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { nameOf, parentOf } from '../../core/scope/spelling.ts';
import { identityOf, type ProcessIdentity } from '../process/identity.ts';
import { Lives } from '../process/lives.ts';
import { bytesOfPath } from './rawPath.ts';

const NAME = /^\.oversign-[0-9a-f-]{36}\.tmp$/;
/** Between the writing of a note and its name lies no such time, however long the machine sleeps. */
const ORPHAN_MS = 3_600_000;
/** So long a note waits for a folder that is not there, or may not be written in now. */
const MOST_WAIT_MS = 30 * 86_400_000;
/** Numbers of 0 and below mean groups of processes, and somebody is always in those (kill(2)). */
const JournalSchema = z.strictObject({
  owner: z.strictObject({ pid: z.int().positive(), start: z.string(), boot: z.string() }),
  path: z.string().startsWith('/'),
  /** A name beside it, under which it stands as git's lock of a file. */
  lock: z
    .string()
    .regex(/^[^/]+\.lock$/)
    .exactOptional(),
});

/**
 * What is written before it takes a file's place, beside it or apart. A process that is killed in between leaves it
 * there: a note in the data folder says where, for whoever starts next.
 */
export class UnfinishedWrites {
  readonly #folder: string;
  readonly #apart: string;
  readonly #lives: Lives;
  #own: ProcessIdentity | undefined;

  constructor(dataFolder: string) {
    this.#folder = join(dataFolder, 'writes');
    this.#apart = join(dataFolder, 'written');
    this.#lives = new Lives(dataFolder);
  }

  /**
   * A name in a folder, noted before anything stands there; `lock`: what stands there will be git's lock too, under that
   * name. What it returns ends that, once nothing stands there any more.
   */
  begin(folder: string, lock?: string): { name: string; end: () => void } {
    const id = randomUUID();
    const name = `.oversign-${id}.tmp`;
    if (!existsSync(this.#folder)) mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    const note = join(this.#folder, `${id}.json`);
    const owner = (this.#own ??= identityOf(process.pid));
    // Whole or not at all: whoever starts meanwhile takes away what tells nothing.
    writeFileSync(`${note}.new`, JSON.stringify({ owner, path: `${folder}/${name}`, lock }), {
      mode: 0o600,
      flag: 'wx',
    });
    renameSync(`${note}.new`, note);
    return {
      name,
      end: () => {
        remove(note);
      },
    };
  }

  /** A folder outside of every workspace in which a file can be made that replaces another one; `begin` in it. */
  apart(): string {
    if (!existsSync(this.#apart)) mkdirSync(this.#apart, { recursive: true, mode: 0o700 });
    return this.#apart;
  }

  /** Takes away what processes that are gone left. */
  recover(): void {
    for (const name of namesIn(this.#folder)) {
      const note = join(this.#folder, name);
      if (!name.endsWith('.json')) {
        // Of a process that ended as it wrote the note: nothing stands anywhere yet.
        if (isOlderThan(note, ORPHAN_MS)) remove(note);
        continue;
      }
      const journal = noteIn(note);
      if (journal && this.#lives.isAlive(journal.owner)) continue;
      if (!journal || !NAME.test(nameOf(journal.path)) || isSeenTo(journal) || isOlderThan(note, MOST_WAIT_MS))
        remove(note);
    }
  }
}

function noteIn(file: string): z.infer<typeof JournalSchema> | undefined {
  try {
    return JournalSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return undefined; // nothing was begun
  }
}

/** Whether nothing stands there any more. What is on a drive that is not there now waits for it. */
function isSeenTo({ path, lock }: z.infer<typeof JournalSchema>): boolean {
  if (lock !== undefined && isOneFile(path, `${parentOf(path)}/${lock}`)) remove(`${parentOf(path)}/${lock}`);
  if (isFile(path)) remove(path);
  return existsSync(bytesOfPath(parentOf(path))) && !isFile(path);
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function isOlderThan(path: string, ms: number): boolean {
  const info = lstatSync(path, { throwIfNoEntry: false });
  return info !== undefined && info.mtimeMs < Date.now() - ms;
}

/** A lock of somebody else's is another file. */
function isOneFile(path: string, other: string): boolean {
  const [a, b] = [path, other].map((one) => lstatSync(bytesOfPath(one), { bigint: true, throwIfNoEntry: false }));
  return a?.isFile() === true && a.ino === b?.ino && a.dev === b.dev;
}

/** Or a link: nothing else is made under such a name. */
function isFile(path: string): boolean {
  const info = lstatSync(bytesOfPath(path), { throwIfNoEntry: false });
  return info?.isFile() === true || info?.isSymbolicLink() === true;
}

function remove(path: string): void {
  try {
    unlinkSync(bytesOfPath(path));
  } catch {
    return; // gone already
  }
}
