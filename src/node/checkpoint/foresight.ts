import { lstatSync, opendirSync, type Dir } from 'node:fs';
import { join } from 'node:path';
import type { Undo } from '../../core/checkpoint/port.ts';
import { Stretch } from '../sandbox/stretch.ts';

export const MOST_FILES = 5000;
const MOST_BYTES = 200 * 1024 * 1024;

export type Hindrance = Extract<Undo, { kind: 'none' }>['why'];

/** Looks at what would have to be kept: how much it is, and whether it can be. */
export class Foresight {
  bytes = 0;
  #files = 0;
  readonly #stretch = new Stretch();

  /** Why what stands at a path cannot be kept; undefined where it can. */
  async hindrance(path: string): Promise<Hindrance | undefined> {
    await this.#stretch.rest();
    const info = lstatSync(path, { throwIfNoEntry: false });
    if (info === undefined) return undefined;
    this.#files += 1;
    if (info.isFile()) this.bytes += info.size;
    if (this.#files > MOST_FILES || this.bytes > MOST_BYTES) return 'too large';
    if (!info.isDirectory()) return info.isFile() || info.isSymbolicLink() ? undefined : 'of another kind';
    const folder = openedOrNone(path);
    if (!folder) return undefined;
    try {
      // Left at the first that is too much: a folder may hold millions.
      for (let entry = folder.readSync(); entry !== null; entry = folder.readSync()) {
        const why = await this.hindrance(join(path, entry.name));
        if (why !== undefined) return why;
      }
      return undefined;
    } finally {
      folder.closeSync();
    }
  }
}

function openedOrNone(folder: string): Dir | undefined {
  try {
    return opendirSync(folder);
  } catch {
    return undefined;
  }
}
