import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { makePrivate } from '../folders.ts';
import { identityOf, type ProcessIdentity } from '../process/identity.ts';
import { Lives } from '../process/lives.ts';
import { withLock } from '../process/lock.ts';
import { entryAt } from './entries.ts';
import { isAsMade, make, StandInSchema, takeAway, tried, type StandIn } from './standIn.ts';
import { Stretch } from './stretch.ts';

/** Numbers of 0 and below mean groups of processes, and somebody is always in those (kill(2)). */
const JournalSchema = z.strictObject({
  owner: z.strictObject({ pid: z.int().positive(), start: z.string(), boot: z.string() }),
  placeholders: z.array(StandInSchema),
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
 * would go the mounts over it. Whoever starts next clears up after a crash. While a run goes on they stay from the first
 * call to its end, so that whoever watches the folder sees them come and go once.
 *
 * Journals and stand-ins are few and tiny, so they are read, made and taken away at once (stretch.ts).
 */
export class Placeholders {
  readonly #journals: string;
  readonly #lives: Lives;
  #known = new Map<string, StandIn>();
  /** What stays for runs that go on, in a journal of its own. */
  readonly #held = new Map<string, StandIn>();
  readonly #heldJournal: string;
  #runs = 0;

  constructor(dataFolder: string) {
    this.#journals = join(dataFolder, 'placeholders');
    this.#lives = new Lives(dataFolder);
    this.#heldJournal = join(this.#journals, `${randomUUID()}.json`);
  }

  /** From now on what is made stays, until what it returns is called; once. */
  hold(): () => Promise<void> {
    this.#runs += 1;
    return async () => {
      this.#runs -= 1;
      if (this.#runs > 0 || this.#held.size === 0) return;
      await this.#locked(async () => {
        const held = [...this.#held.values()];
        this.#held.clear();
        await this.#release(this.#heldJournal, held);
      });
    };
  }

  /** Looks which stand-ins there are for running calls of all processes; `has` answers from this. */
  async look(): Promise<void> {
    const stretch = new Stretch();
    const known = new Map<string, StandIn>();
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

  /** Whether what is at a path is a stand-in that stays for a run. */
  isHeld(path: string): boolean {
    const one = this.#held.get(path);
    return one !== undefined && isAsMade(one);
  }

  /** Makes what is missing, and takes its share in stand-ins of others among `relied`, which are there already. */
  async cover(wanted: readonly StandIn[], relied: readonly string[]): Promise<Cover> {
    if (wanted.length === 0 && relied.length === 0) return { standIns: new Set(), uncover: () => Promise.resolve() };
    if (!isPrivate(this.#journals)) await makePrivate(this.#journals);
    const file = join(this.#journals, `${randomUUID()}.json`);
    const mine = new Map<string, StandIn>();
    const uncover = (): Promise<void> => this.#locked(() => this.#release(file, [...mine.values()]));
    try {
      await this.#locked(async () => {
        const stretch = new Stretch();
        const others = new Map<string, StandIn>();
        for (const { journal } of this.#read())
          for (const one of journal?.placeholders ?? []) others.set(one.path, one);
        for (const path of relied) {
          const one = others.get(path);
          if (one && isAsMade(one)) mine.set(path, one);
        }
        const missing: StandIn[] = [];
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
        if (this.#runs > 0) this.#keep(mine.values());
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
        if (!journal || !this.#lives.isAlive(journal.owner)) await this.#release(file, journal?.placeholders ?? []);
    });
  }

  #keep(placeholders: Iterable<StandIn>): void {
    const before = this.#held.size;
    for (const one of placeholders) this.#held.set(one.path, one);
    if (this.#held.size === before) return;
    const journal: Journal = { owner: ownIdentity(), placeholders: [...this.#held.values()] };
    writeFileSync(this.#heldJournal, JSON.stringify(journal), { mode: 0o600 });
  }

  async #release(file: string, placeholders: readonly StandIn[]): Promise<void> {
    const stretch = new Stretch();
    const needed = new Set(
      this.#read().flatMap((other) =>
        other.file !== file && other.journal && this.#lives.isAlive(other.journal.owner)
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
    return withLock(join(this.#journals, 'lock'), work, this.#lives);
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
