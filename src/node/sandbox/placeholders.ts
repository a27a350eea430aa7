import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmdirSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { ToolFailure } from '../../core/outcome.ts';
import { parentOf } from '../../core/scope/spelling.ts';
import { bytesOfPath } from '../files/rawPath.ts';
import { makePrivate } from '../folders.ts';
import { identityOf, isAlive, type ProcessIdentity } from '../process/identity.ts';
import { withLock } from '../process/lock.ts';
import { bytesAt, entryAt } from './entries.ts';
import { codeOf } from './gitFile.ts';
import { Stretch } from './stretch.ts';

const PlaceholderSchema = z.strictObject({
  path: z.string().startsWith('/'),
  kind: z.enum(['folder', 'file']),
  content: z.string(),
});
export type Placeholder = z.infer<typeof PlaceholderSchema>;

/** Numbers of 0 and below mean groups of processes, and somebody is always in those (kill(2)). */
const JournalSchema = z.strictObject({
  owner: z.strictObject({ pid: z.int().positive(), start: z.string(), boot: z.string() }),
  placeholders: z.array(PlaceholderSchema),
});
type Journal = z.infer<typeof JournalSchema>;

/** What a call relies on, and the way to let go of it. */
export interface Cover {
  /** Every stand-in that the call relies on, whoever made it. */
  standIns: ReadonlySet<string>;
  uncover(): Promise<void>;
}

/**
 * Empty stand-ins for protected paths that do not exist, so that there is something to mount over while a command
 * runs. A journal for each call says which it relies on; the account's processes share the folder of journals, make
 * and remove stand-ins one after the other, and a stand-in goes when no living call relies on it any more: with it
 * would go the mounts over it. Whoever starts next clears up after a crash.
 *
 * Journals and stand-ins are few and tiny, so they are read, made and taken away at once (stretch.ts).
 */
export class Placeholders {
  readonly #journals: string;
  #known = new Map<string, Placeholder>();

  constructor(dataFolder: string) {
    this.#journals = join(dataFolder, 'placeholders');
  }

  /** Looks which stand-ins there are for running calls of all processes; `has` answers from this. */
  async look(): Promise<void> {
    const stretch = new Stretch();
    const known = new Map<string, Placeholder>();
    for (const { journal } of this.#read())
      for (const one of journal?.placeholders ?? []) {
        await stretch.rest();
        if (isAsMade(one)) known.set(one.path, one);
      }
    this.#known = known;
  }

  /** Whether what is at a path was there only as a stand-in when it was last looked. */
  has(path: string): boolean {
    return this.#known.has(path);
  }

  /** Makes what is missing, and takes its share in stand-ins of others among `relied`, which are there already. */
  async cover(wanted: readonly Placeholder[], relied: readonly string[]): Promise<Cover> {
    if (wanted.length === 0 && relied.length === 0) return { standIns: new Set(), uncover: () => Promise.resolve() };
    if (!isPrivate(this.#journals)) await makePrivate(this.#journals);
    const file = join(this.#journals, `${randomUUID()}.json`);
    const mine = new Map<string, Placeholder>();
    const uncover = (): Promise<void> => this.#locked(() => this.#release(file, [...mine.values()]));
    try {
      await this.#locked(async () => {
        const stretch = new Stretch();
        const others = new Map<string, Placeholder>();
        for (const { journal } of this.#read())
          for (const one of journal?.placeholders ?? []) others.set(one.path, one);
        for (const path of relied) {
          const one = others.get(path);
          if (one && isAsMade(one)) mine.set(path, one);
        }
        const missing: Placeholder[] = [];
        for (const one of wanted) {
          await stretch.rest();
          if (!entryAt(one.path)) missing.push(one);
          else if (others.has(one.path) && isAsMade(one)) mine.set(one.path, one);
        }
        for (const one of missing) mine.set(one.path, one);
        if (mine.size === 0) return;
        // Written before anything is made: whoever finds it there knows what it is.
        const journal: Journal = { owner: ownIdentity(), placeholders: [...mine.values()] };
        writeFileSync(file, JSON.stringify(journal), { mode: 0o600 });
        for (const one of missing) {
          await stretch.rest();
          if (!make(one)) mine.delete(one.path);
        }
      });
    } catch (error) {
      await uncover();
      throw error;
    }
    return { standIns: new Set(mine.keys()), uncover };
  }

  /** Takes away what processes that are gone left behind. */
  async recover(): Promise<void> {
    if (!namesIn(this.#journals)?.length) return;
    await this.#locked(async () => {
      for (const { file, journal } of this.#read())
        if (!journal || !isAlive(journal.owner)) await this.#release(file, journal?.placeholders ?? []);
    });
  }

  async #release(file: string, placeholders: readonly Placeholder[]): Promise<void> {
    const stretch = new Stretch();
    const needed = new Set(
      this.#read().flatMap((other) =>
        other.file !== file && other.journal && isAlive(other.journal.owner)
          ? other.journal.placeholders.map(({ path }) => path)
          : [],
      ),
    );
    // One may lie in another: the longer path goes first.
    const mine = [...placeholders].sort((a, b) => b.path.length - a.path.length);
    for (const one of mine) {
      await stretch.rest();
      if (!needed.has(one.path)) takeAway(one);
    }
    // Last: whoever is killed before this leaves a journal that tells what to take away.
    tried(() => unlinkSync(file));
  }

  #read(): { file: string; journal: Journal | undefined }[] {
    return (namesIn(this.#journals) ?? [])
      .filter((name) => name.endsWith('.json'))
      .map((name) => {
        const file = join(this.#journals, name);
        return { file, journal: journalIn(file) };
      });
  }

  #locked(work: () => Promise<void>): Promise<void> {
    return withLock(join(this.#journals, 'lock'), work);
  }
}

/** Undefined where it is none: it tells of nothing then, and goes with the next clearing up. */
function journalIn(file: string): Journal | undefined {
  return tried(() => JournalSchema.parse(JSON.parse(readFileSync(file, 'utf8'))));
}

let identity: ProcessIdentity | undefined;

function ownIdentity(): ProcessIdentity {
  return (identity ??= identityOf(process.pid));
}

function namesIn(folder: string | Buffer): string[] | undefined {
  return tried(() => readdirSync(folder));
}

function isPrivate(folder: string): boolean {
  const info = entryAt(folder);
  return info?.isDirectory() === true && (info.mode & 0o777n) === 0o700n;
}

function make(placeholder: Placeholder): boolean {
  try {
    if (placeholder.kind === 'folder') mkdirSync(bytesOfPath(placeholder.path));
    else writeFileSync(bytesOfPath(placeholder.path), placeholder.content, { flag: 'wx' });
    return true;
  } catch (error) {
    const code = codeOf(error);
    if (code === 'EEXIST') return false;
    if (code !== 'EACCES' && code !== 'EPERM' && code !== 'EROFS') throw error;
    throw new ToolFailure(
      `${parentOf(placeholder.path)} cannot be written by this account (${code}), so what is protected in it cannot be kept from a command that may write, and none begins; make the folder writable for you`,
    );
  }
}

/** Whether it still is as it was made: an empty folder, a file with exactly the stand-in's content. */
function isAsMade({ path, kind, content }: Placeholder): boolean {
  if (kind === 'folder') return namesIn(bytesOfPath(path))?.length === 0;
  const wanted = Buffer.from(content);
  return tried(() => bytesAt(path, wanted.length + 1))?.equals(wanted) === true;
}

function takeAway(placeholder: Placeholder): void {
  const bytes = bytesOfPath(placeholder.path);
  if (placeholder.kind === 'folder') tried(() => rmdirSync(bytes));
  else if (isAsMade(placeholder)) tried(() => unlinkSync(bytes));
}

/** Undefined where it fails. */
function tried<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
