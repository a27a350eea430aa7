import { randomUUID } from 'node:crypto';
import { lstatSync, mkdirSync, readdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { chmod, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Scratch } from '../../core/sandbox/bubblewrap.ts';
import { isInside, relativeTo } from '../../core/scope/spelling.ts';
import { makePrivate } from '../folders.ts';
import { isAbandoned, ownerText } from '../process/owner.ts';
import { entriesBelow } from './entriesBelow.ts';
import { mostEntries } from './entryWatch.ts';

const BLOCK_BYTES = 512;

/** What a cage is to have, as far as the scratch has to make room for it. */
export interface Wanted {
  /** Where anything is mounted, or a link is put. */
  places: readonly string[];
  /** Links in the home folder. */
  pointers: readonly { path: string; target: string }[];
  home: string;
  /** A command that only looks has a home folder of its own: settings that others left in this one do not reach it. */
  isLooking: boolean;
  mostBytes: number;
}

/** The scratch of one command. */
export interface Lent {
  scratch: Scratch | undefined;
  /** How many entries it holds already. */
  entries: number;
  /** The folders that a command fills. */
  folders: string[];
  notes: string[];
  giveBack(): void;
}

/**
 * A run's /tmp and home folder in its cages: two folders of its own below the data folder, from its first command to its
 * end; what a process that is gone left, the next start takes away. Commands fill them, so nothing here follows a link
 * in them, and nothing is mounted below a name that they could have made: the first folder on the way to a mount is made
 * here, while no command runs that has it otherwise, and is a mount itself.
 */
export class RunScratch {
  readonly #folder: string;
  #runs = 0;
  #current: Promise<string> | undefined;
  /** For each command at work, what it has mounted in there. */
  readonly #lent = new Set<{ key: string }>();

  constructor(dataFolder: string) {
    this.#folder = join(dataFolder, 'scratch');
  }

  /** From now on there is one, until what it returns is called; once. */
  hold(): () => Promise<void> {
    this.#runs += 1;
    return async () => {
      this.#runs -= 1;
      const mine = this.#current;
      if (this.#runs > 0 || mine === undefined) return;
      this.#current = undefined;
      await mine.then(removeScratch, () => undefined);
    };
  }

  /** Takes away what processes that are gone left behind. */
  async recover(): Promise<void> {
    for (const name of namesIn(this.#folder)) {
      const path = join(this.#folder, name);
      if (isAbandoned(path)) await removeScratch(path);
    }
  }

  /** Lends it to a command; without a run that goes on there is none. */
  async lend(wanted: Wanted): Promise<Lent> {
    const none: Lent = { scratch: undefined, entries: 0, folders: [], notes: [], giveBack: () => undefined };
    if (this.#runs === 0) return none;
    const tops = topsIn('/tmp', wanted.places);
    const isHomeFree = !wanted.places.some((path) => isInside(wanted.home, path));
    const hasHome = isHomeFree && !wanted.isLooking;
    const key = JSON.stringify([tops, isHomeFree]);
    const others = [...this.#lent];
    if (others.some((other) => other.key !== key))
      return { ...none, notes: ['another command was at work: this one had a /tmp and home folder of its own'] };
    const mine = { key };
    this.#lent.add(mine);
    try {
      const notes: string[] = [];
      let at = await this.#made(wanted);
      let held = await contentOf(at);
      const isFull = held.bytes > wanted.mostBytes || held.entries > mostEntries(wanted.mostBytes);
      if (isFull && others.length === 0) {
        this.#current = undefined;
        await removeScratch(at);
        notes.push(
          `/tmp and the home folder of commands held ${held.bytes} bytes, more than sandbox.disk, and were emptied`,
        );
        at = await this.#made(wanted);
        held = { bytes: 0, entries: 0 };
      }
      const temporary = join(at, 'tmp');
      for (const name of tops) clearTheWay(join(temporary, name), join(at, 'aside'));
      const home = hasHome ? join(at, 'home') : undefined;
      return {
        scratch: { temporary, tops, ...(home !== undefined && { home }) },
        entries: held.entries,
        folders: [temporary, ...(home === undefined ? [] : [home])],
        notes,
        giveBack: () => this.#lent.delete(mine),
      };
    } catch (error) {
      this.#lent.delete(mine);
      throw error;
    }
  }

  /** Whether a command that meets these names in /tmp meets no link, nor anything else but a file of its own there. */
  async isPlain(names: readonly string[]): Promise<boolean> {
    if (names.some((name) => name === '.' || name === '..' || name.includes('/'))) return false;
    try {
      const at = await this.#current;
      if (at === undefined) return true;
      const found = names.map((name) => lstatSync(join(at, 'tmp', name), { throwIfNoEntry: false }));
      return found.every((one) => one === undefined || (one.isFile() && one.nlink === 1));
    } catch {
      return false; // a name that cannot be looked at
    }
  }

  /** Commands that begin side by side get the same one. */
  #made(wanted: Wanted): Promise<string> {
    const made = this.#current ?? this.#make(wanted);
    this.#current = made;
    made.catch(() => {
      if (this.#current === made) this.#current = undefined;
    });
    return made;
  }

  async #make({ pointers, home }: Wanted): Promise<string> {
    await makePrivate(this.#folder);
    const at = join(this.#folder, randomUUID());
    mkdirSync(at, { mode: 0o700 });
    writeFileSync(join(at, 'owner.json'), ownerText(), { mode: 0o600 });
    for (const name of ['tmp', 'home', 'aside']) mkdirSync(join(at, name), { mode: 0o700 });
    // Nobody else has been in there yet.
    for (const { path, target } of pointers) {
      const link = join(at, 'home', relativeTo(home, path));
      mkdirSync(dirname(link), { recursive: true, mode: 0o700 });
      symlinkSync(target, link);
    }
    return at;
  }
}

/** Whether there is room for these in a scratch: below a name that was not cleared for them no mount is safe. */
export function hasRoom(scratch: Scratch, places: readonly string[], home: string): boolean {
  const isHomeFree = scratch.home === undefined || !places.some((path) => isInside(home, path));
  return isHomeFree && topsIn('/tmp', places).every((name) => scratch.tops.includes(name));
}

/** The first folder below `folder` on the way to each place. */
function topsIn(folder: string, places: readonly string[]): string[] {
  const names = places.flatMap((path) => {
    const [name = ''] = isInside(folder, path) && path !== folder ? relativeTo(folder, path).split('/') : [];
    return name === '' ? [] : [name];
  });
  return [...new Set(names)].sort();
}

/** What a command put where a mount goes is set aside, unless it is a folder. */
function clearTheWay(path: string, aside: string): void {
  const info = lstatSync(path, { throwIfNoEntry: false });
  if (info?.isDirectory() === true) return;
  if (info) renameSync(path, join(aside, randomUUID()));
  mkdirSync(path, { mode: 0o700 });
}

async function contentOf(at: string): Promise<{ bytes: number; entries: number }> {
  const found = { bytes: 0, entries: 0 };
  const folders = [join(at, 'tmp'), join(at, 'home')];
  for await (const { path, kind } of entriesBelow({ folders, without: new Set() })) {
    found.entries += 1;
    if (kind === 'file') found.bytes += (lstatSync(path, { throwIfNoEntry: false })?.blocks ?? 0) * BLOCK_BYTES;
  }
  return found;
}

/** A command can close folders to hold on to what is in them. Its processes are gone by now, so what is seen stays so. */
async function removeScratch(folder: string): Promise<void> {
  await openUp(folder);
  // Last: should this be broken off, whoever starts next knows whose it was.
  for (const name of ['tmp', 'home', 'aside']) await rm(join(folder, name), { recursive: true, force: true });
  await rm(folder, { recursive: true, force: true });
}

async function openUp(folder: string): Promise<void> {
  await chmod(folder, 0o700).catch(() => undefined);
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => []))
    if (entry.isDirectory()) await openUp(join(folder, entry.name));
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
