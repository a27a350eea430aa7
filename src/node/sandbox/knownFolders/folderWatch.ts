import { randomUUID } from 'node:crypto';
import { lstatSync, readdirSync, statfsSync, unlinkSync, watch, writeFileSync, type FSWatcher } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { Failure } from '../../../core/outcome.ts';
import { bytesOfPath, textOfName } from '../../files/rawPath.ts';
import { nameOf } from '../../../core/scope/spelling.ts';
import type { Entry } from '../folderEntries.ts';
import { MemoryShortages } from './memoryShortages.ts';
import { mountsBelow } from './surroundings.ts';

/** What is in a folder, compactly: this is sent from one thread to another. */
export type Listing = { names: string[]; kinds: Entry['kind'][] } | 'closed' | 'gone';

/** Why what is known of folders may be wrong from now on: all of it is looked at again. */
export class Lost extends Failure {
  override name = 'Lost';
}

/**
 * File systems of which the kernel tells every change of a name, whoever makes it (statfs(2)): ext2 to 4, XFS, btrfs,
 * tmpfs, F2FS. Of network and user-space ones it tells only this machine's own, of an overlay's lower layers nothing.
 */
const TELLING = new Set([0xef53, 0x58465342, 0x9123683e, 0x01021994, 0xf2f52010]);
const MOST_WAIT_MS = 2_000;

export interface WatchLimits {
  /** How many changes the kernel keeps for whoever has not fetched them (fs.inotify.max_queued_events). */
  queued: number;
  /** Folders that may be watched. */
  folders: number;
}

/**
 * Watches folders by inotify(7), so that nothing has to be looked at twice that did not change. Its own thread's alone:
 * one queue for all of them, and nothing else in it.
 *
 * What is true of it, and why:
 * - A change of a name is in the queue before the call that made it returns, and the queue keeps its order. So a mark that
 *   is made here and has come by proves that whatever was done before the mark has come by too.
 * - A folder is watched before it is listed: what changes in between comes by.
 * - When the queue is full the kernel drops what comes, and Node does not pass on that it did. But the queue is emptied in
 *   one go, and a full one has `queued` changes in it: where fewer than half as many came in one go, it was never full.
 *   A change is dropped as well when there is no memory for it, and that is seen (`MemoryShortages`).
 * - What is taken from the queue for a watch that was closed is not counted. So one is closed only once its folder is gone,
 *   is watched under another name by then, or is out of every folder that is watched: no command can bring one there.
 * - It is told of what is mounted over a folder by nobody, so that is looked at each time.
 */
export class FolderWatch {
  readonly #limits: WatchLimits;
  readonly #roots: readonly string[];
  readonly #marks: string;
  readonly #own = randomUUID();
  readonly #mounts: string;
  readonly #memory = new MemoryShortages();
  readonly #shortages: string;
  /** No longer used, and still open. */
  #retired: FSWatcher[] = [];
  readonly #watchers = new Map<string, FSWatcher>();
  /** Of each folder that is watched, the names of the folders in it. */
  readonly #inner = new Map<string, ReadonlySet<string>>();
  readonly #telling = new Set<number>();
  #changed = new Map<string, Set<string>>();
  #inOneGo = 0;
  #lost: string | undefined;
  #marked = 0;
  #awaited: { name: string; come: () => void } | undefined;

  /** `roots`: above all that is watched. `marks`: a folder elsewhere, in which marks are made. */
  constructor(roots: readonly string[], marks: string, limits: WatchLimits) {
    this.#roots = roots;
    this.#marks = marks;
    this.#limits = limits;
    this.#mounts = mountsBelow(roots);
    const shortages = this.#memory.seen();
    if (shortages === undefined) throw new Lost('the kernel does not say whether memory was short');
    this.#shortages = shortages;
    if (!this.#tells(lstatSync(marks).dev, marks)) throw new Lost('the data folder’s file system tells of no changes');
    this.#watch(marks, (name) => {
      if (name === this.#awaited?.name) this.#awaited.come();
    });
  }

  /**
   * What is in these folders now; from here on changes of it are told. `fresh`: whatever was watched under that name may
   * be another folder by now.
   */
  list(folders: readonly { path: string; fresh: boolean }[]): Listing[] {
    const listings = folders.map(({ path, fresh }) => this.#list(path, fresh));
    this.#assertKept(); // also that nothing was mounted meanwhile
    return listings;
  }

  /** The folders that changed since the last time, with the names in them that came, went or were exchanged. Throws `Lost`. */
  async changes(): Promise<Map<string, Set<string>>> {
    await this.#allCameBy();
    this.#assertKept();
    for (const watcher of this.#retired.splice(0)) watcher.close();
    const changed = this.#changed;
    this.#changed = new Map();
    return changed;
  }

  /** They are no longer of interest. */
  forget(folders: readonly string[]): void {
    for (const folder of folders) {
      this.#retire(folder);
      this.#inner.delete(folder);
      this.#changed.delete(folder);
    }
  }

  #list(folder: string, fresh: boolean): Listing {
    try {
      const info = lstatSync(bytesOfPath(folder), { throwIfNoEntry: false });
      if (!info?.isDirectory()) return 'gone';
      if (!this.#tells(info.dev, folder)) throw new Lost(`the file system of ${folder} does not tell of every change`);
      if (fresh || !this.#watchers.has(folder)) this.#begin(folder);
      const entries = readdirSync(bytesOfPath(folder), { withFileTypes: true, encoding: 'buffer' });
      const names = entries.map(({ name }) => textOfName(name));
      const kinds = entries.map((entry): Entry['kind'] =>
        entry.isDirectory() ? 'folder' : entry.isFile() ? 'file' : entry.isSymbolicLink() ? 'link' : 'special',
      );
      this.#inner.set(folder, new Set(names.filter((_, index) => kinds[index] === 'folder')));
      return { names, kinds };
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (code === 'ENOENT' || code === 'ENOTDIR') return 'gone';
      if (code === 'EACCES') return 'closed';
      throw error instanceof Lost ? error : new Lost(`${folder}: ${String(code)}`);
    }
  }

  #begin(folder: string): void {
    this.#retire(folder);
    if (this.#watchers.size >= this.#limits.folders) throw new Lost('there are too many folders to be watched');
    this.#watch(folder, (name, event) => {
      this.#note(folder, name, event);
    });
  }

  #retire(folder: string): void {
    const watcher = this.#watchers.get(folder);
    if (!watcher) return;
    this.#watchers.delete(folder);
    this.#retired.push(watcher);
  }

  #watch(folder: string, tell: (name: string, event: string) => void): void {
    const watcher = watch(bytesOfPath(folder), { encoding: 'buffer' }, (event, name) => {
      this.#count();
      if (this.#watchers.get(folder) !== watcher) return;
      if (name === null) this.#lose('a change came without a name');
      else tell(textOfName(name), event);
    });
    watcher.on('error', (error) => {
      this.#lose(String(error));
    });
    this.#watchers.set(folder, watcher);
  }

  #note(folder: string, name: string, event: string): void {
    if (event === 'rename') this.#namesOf(folder).add(name);
    // Content and modes of anything but folders say nothing about names.
    else if (this.#inner.get(folder)?.has(name) === true) this.#namesOf(`${folder}/${name}`);
    else if (name === nameOf(folder)) this.#namesOf(folder);
  }

  #namesOf(folder: string): Set<string> {
    const known = this.#changed.get(folder);
    if (known) return known;
    const names = new Set<string>();
    this.#changed.set(folder, names);
    return names;
  }

  /** What the queue holds is taken out in one go, and only then comes what was put off to here. */
  #count(): void {
    if (this.#inOneGo === 0)
      setImmediate(() => {
        this.#inOneGo = 0;
      });
    this.#inOneGo += 1;
    if (this.#inOneGo >= this.#limits.queued / 2) this.#lose('more changed at once than can be told');
  }

  #tells(device: number, folder: string): boolean {
    if (!this.#telling.has(device) && TELLING.has(statfsSync(bytesOfPath(folder)).type >>> 0))
      this.#telling.add(device);
    return this.#telling.has(device);
  }

  async #allCameBy(): Promise<void> {
    const name = `${this.#own}-${(this.#marked += 1)}`;
    const path = `${this.#marks}/${name}`;
    const timer = new AbortController();
    const came = new Promise<true>((resolve) => {
      this.#awaited = {
        name,
        come: () => {
          resolve(true);
        },
      };
    });
    writeFileSync(path, '');
    const isIn = await Promise.race([came, pause(MOST_WAIT_MS, false, { signal: timer.signal }).catch(() => false)]);
    timer.abort();
    this.#awaited = undefined;
    unlinkSync(path);
    if (!isIn) throw new Lost('changes are not told');
  }

  /** Nothing that comes by counts any more. */
  #lose(why: string): void {
    if (this.#lost !== undefined) return;
    this.#lost = why;
    for (const watcher of [...this.#watchers.values(), ...this.#retired]) watcher.close();
    this.#watchers.clear();
    this.#retired = [];
  }

  #assertKept(): void {
    if (this.#memory.seen() !== this.#shortages) this.#lose('memory was short');
    if (mountsBelow(this.#roots) !== this.#mounts) this.#lose('something was mounted or unmounted');
    if (this.#lost !== undefined) throw new Lost(this.#lost);
  }
}
