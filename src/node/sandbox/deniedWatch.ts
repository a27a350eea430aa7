import { watch, type FSWatcher } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { setImmediate as breathe } from 'node:timers/promises';
import { parentOf } from '../../core/scope/spelling.ts';
import { bytesOfPath, textOfName } from '../files/rawPath.ts';
import { entryAt } from './entries.ts';

/** What is hidden from a call, and what else there is. Paths as `textOfName` writes them. */
export interface Hidden {
  /** Denied paths that the cage covers. */
  paths: readonly string[];
  /** Folders of the workspace in which others may appear. */
  folders: readonly string[];
  isDenied(path: string): boolean;
  /** Covers what stands at a path now; false where it cannot, or too late. Without it each one seen is told. */
  coverAgain?: ((path: string) => Promise<boolean>) | undefined;
}

/** More folders than this are not watched one by one: the kernel's watches are few and shared with the editor. */
const MOST_WATCHES = 2_000;
/** Most commands are over by then; a look at each folder when its watch begins makes up for the delay. */
const BEGIN_MS = 200;
const LOOK_AGAIN_MS = 2_000;

/**
 * Watches, while a command runs, for denied paths that appear or are replaced: a mount hides what was there at the
 * start, and the kernel takes it away together with the entry that it covers. Tells of the first that is not covered again.
 */
export class DeniedWatch {
  readonly #hidden: Hidden;
  readonly #onSeen: (path: string) => void;
  /** Which file system object was covered at each path. */
  readonly #covered: Map<string, string | undefined>;
  readonly #covering = new Map<string, Promise<void>>();
  readonly #known: ReadonlySet<string>;
  readonly #watchers = new Map<string, FSWatcher>();
  #begin: NodeJS.Timeout | undefined;
  #isOver = false;

  constructor(hidden: Hidden, onSeen: (path: string) => void) {
    this.#hidden = hidden;
    this.#onSeen = onSeen;
    this.#known = new Set(hidden.folders);
    this.#covered = new Map(hidden.paths.map((path) => [path, identityOf(path)]));
    for (const folder of new Set(hidden.paths.map(parentOf))) this.#watch(folder);
    if (hidden.folders.length === 0) return;
    this.#begin = setTimeout(() => {
      void this.#watchAll();
    }, BEGIN_MS);
    this.#begin.unref();
  }

  /** Looks at everything covered once more: the path that was replaced since, if there is one. */
  replaced(): string | undefined {
    return this.#hidden.paths.find((path) => identityOf(path) !== this.#covered.get(path));
  }

  close(): void {
    this.#isOver = true;
    clearTimeout(this.#begin);
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
  }

  async #watchAll(): Promise<void> {
    let isWhole = true;
    for (const [index, folder] of this.#hidden.folders.entries()) {
      if (this.#isOver) return;
      if (index % 100 === 99) await breathe();
      isWhole = this.#watch(folder) && isWhole;
      await this.#look(folder);
    }
    if (!isWhole) this.#lookAgain();
  }

  /** Where not every folder can be watched, all of them are looked at again and again, for a tenth of the time. */
  #lookAgain(after = LOOK_AGAIN_MS): void {
    this.#begin = setTimeout(() => {
      void (async () => {
        const began = performance.now();
        for (const folder of this.#hidden.folders) {
          if (this.#isOver) return;
          await this.#look(folder);
        }
        if (!this.#isOver) this.#lookAgain(Math.max(LOOK_AGAIN_MS, 10 * (performance.now() - began)));
      })();
    }, after);
    this.#begin.unref();
  }

  /** Whether the folder is watched from now on. */
  #watch(folder: string): boolean {
    if (this.#isOver || this.#watchers.has(folder)) return true;
    if (this.#watchers.size >= MOST_WATCHES) return false;
    try {
      const watcher = watch(bytesOfPath(folder), { encoding: 'buffer', persistent: false }, (event, name) => {
        if (event === 'rename' && name !== null) this.#changed(`${folder}/${textOfName(name)}`);
      });
      watcher.on('error', () => undefined); // the folder is gone
      this.#watchers.set(folder, watcher);
      return true;
    } catch {
      return false; // gone, or no watch left
    }
  }

  /** An entry came, went, or was exchanged. */
  #changed(path: string): void {
    if (this.#isOver) return;
    const now = identityOf(path);
    if (now === undefined) return;
    if (this.#covered.has(path) ? this.#covered.get(path) !== now : this.#hidden.isDenied(path)) this.#seen(path);
    else if (now.startsWith('folder') && !this.#covered.has(path) && this.#known.size > 0) {
      this.#watch(path);
      void this.#look(path);
    }
  }

  /** What is in a folder already, and in folders that came with it. */
  async #look(folder: string): Promise<void> {
    const names = await readdir(bytesOfPath(folder), { encoding: 'buffer', withFileTypes: true }).catch(() => []);
    for (const entry of names) {
      if (this.#isOver) return;
      const path = `${folder}/${textOfName(entry.name)}`;
      if (this.#covered.has(path)) {
        if (this.#covered.get(path) !== identityOf(path)) this.#seen(path);
      } else if (this.#hidden.isDenied(path)) this.#seen(path);
      else if (entry.isDirectory() && !this.#watchers.has(path) && !this.#known.has(path)) {
        // A folder that came since the workspace was looked through.
        this.#watch(path);
        await this.#look(path);
      }
    }
  }

  /** Settles when nothing is being covered any more. */
  async settled(): Promise<void> {
    await Promise.all(this.#covering.values());
  }

  #seen(path: string): void {
    if (this.#isOver || this.#covering.has(path)) return;
    const { coverAgain } = this.#hidden;
    if (!coverAgain) this.#tell(path);
    else this.#covering.set(path, this.#cover(path, coverAgain));
  }

  async #cover(path: string, coverAgain: (path: string) => Promise<boolean>): Promise<void> {
    const now = identityOf(path);
    const isCovered = await coverAgain(path).catch(() => false);
    this.#covering.delete(path);
    if (!isCovered) this.#tell(path);
    else {
      this.#covered.set(path, now);
      if (identityOf(path) !== now) this.#seen(path); // and another time meanwhile
    }
  }

  #tell(path: string): void {
    this.close();
    this.#onSeen(path);
  }
}

function identityOf(path: string): string | undefined {
  const info = entryAt(path);
  // Inode numbers are used again; the time of birth is not.
  return info && `${info.isDirectory() ? 'folder' : 'entry'} ${info.dev}:${info.ino}:${info.birthtimeNs}`;
}
