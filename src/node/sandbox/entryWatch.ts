import { statfsSync } from 'node:fs';
import { bytesOfPath } from '../files/rawPath.ts';
import { entriesBelow, type Below } from './entriesBelow.ts';
import { MOST_ENTRIES } from './survey.ts';

/** What an entry takes on disk at least, most file systems being made of such blocks. */
export const ENTRY_BYTES = 4096;
/** More than any kernel makes in a second of one processor: a command that had less time has not made them. */
const MADE_PER_SECOND = 400_000;
const NEXT_COUNT_MS = 1000;
/** Also where the file system shows nothing: what others free, or the command itself, hides what it adds. */
const QUIET_COUNT_MS = 5000;
/** The shortest entry of a folder on ext4. */
const NAME_BYTES = 12;

/**
 * How many files, folders and links a command may add: as many as would fill its share of the disk, were each a block,
 * and no more than half of what a workspace may hold for commands to run in it at all.
 */
export function mostEntries(diskBytes: number): number {
  return Math.min(MOST_ENTRIES / 2, Math.max(1000, Math.floor(diskBytes / ENTRY_BYTES)));
}

interface Used {
  /** Undefined where the file system does not count (btrfs). */
  entries: number | undefined;
  bytes: number;
}

/**
 * Watches how many entries a command adds to the folders that it may write. What the file system says of itself is
 * about everybody who uses it, so it only gives the word to count; the count is of the folders themselves. It does
 * not tell who made an entry, but a command that had too little processor time for so many is not blamed.
 */
export class EntryWatch {
  readonly #below: Below;
  readonly #before: number;
  readonly #most: number;
  #last: Used[];
  #count: Promise<void> | undefined;
  #notBefore = 0;
  #quietUntil = performance.now() + QUIET_COUNT_MS;
  #cpuSecondsCounted = 0;
  #added = 0;
  #isClosed = false;

  /** `before`: how many entries the folders held as it began. */
  constructor(below: Below, { before, most }: { before: number; most: number }) {
    this.#below = below;
    this.#before = before;
    this.#most = most;
    this.#last = below.folders.map(usedAt);
  }

  get most(): number {
    return this.#most;
  }

  /** How many were added at the last count; looks whether the next one is due, and begins it in the background. */
  added(cpuSeconds: number): number {
    if (!this.#isClosed && !this.#count && performance.now() >= this.#notBefore && this.#isDue(cpuSeconds)) {
      this.#begin(cpuSeconds);
    }
    return cpuSeconds * MADE_PER_SECOND >= this.#added ? this.#added : 0;
  }

  /** Resolves when no count is at work any more: it may have opened folders, and sets them back at its end. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#count?.catch(() => undefined);
  }

  #isDue(cpuSeconds: number): boolean {
    const step = this.#most / 8;
    const couldHaveMade = (cpuSeconds - this.#cpuSecondsCounted) * MADE_PER_SECOND;
    if (couldHaveMade >= step && performance.now() >= this.#quietUntil) return true;
    return this.#below.folders.some((folder, index) => {
      const now = usedAt(folder);
      const last = this.#last[index];
      if (last?.entries === undefined || now.entries === undefined) return true;
      // Names of what is there already (hard links) take room in folders alone.
      return now.entries - last.entries >= step || now.bytes - last.bytes >= step * NAME_BYTES;
    });
  }

  #begin(cpuSeconds: number): void {
    const began = performance.now();
    const used = this.#below.folders.map(usedAt);
    this.#count = this.#counted()
      .then((entries) => {
        this.#added = Math.max(this.#added, entries - this.#before);
        this.#last = used;
        this.#cpuSecondsCounted = cpuSeconds;
      })
      .finally(() => {
        this.#count = undefined;
        const took = performance.now() - began;
        // For a tenth of the time at most, and much less where nothing speaks for it.
        this.#notBefore = performance.now() + Math.max(NEXT_COUNT_MS, 9 * took);
        this.#quietUntil = performance.now() + Math.max(QUIET_COUNT_MS, 50 * took);
      });
  }

  /** As far as is needed to know that there are too many. */
  async #counted(): Promise<number> {
    const enough = this.#before + this.#most;
    let entries = 0;
    for await (const _ of entriesBelow(this.#below)) {
      entries += 1;
      if (entries > enough || this.#isClosed) break;
    }
    return entries;
  }
}

function usedAt(folder: string): Used {
  try {
    const { files, ffree, blocks, bfree, bsize } = statfsSync(bytesOfPath(folder));
    return { entries: files > 0 ? files - ffree : undefined, bytes: (blocks - bfree) * bsize };
  } catch {
    return { entries: undefined, bytes: 0 };
  }
}
