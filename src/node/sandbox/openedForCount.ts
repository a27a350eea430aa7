import { chmodSync, closeSync, constants, fstatSync, openSync } from 'node:fs';
import { bytesOfPath } from '../files/rawPath.ts';

/** O_PATH of open(2), which Node has no name for: a folder that is only named, whatever its mode. */
const PATH_ONLY = 0o10000000;
const READ_AND_SEARCH = 0o500;
/** Each holds a descriptor. */
const MOST_SET_BACK = 100;

/**
 * Folders that a command of the same account closed to listing, and can go on writing in, opened while they are counted.
 * Who closes more than 100 finds the others open.
 */
export class OpenedForCount {
  readonly #setBack: (() => void)[] = [];

  /** Throws where that cannot be done. */
  open(folder: string): void {
    const held = openSync(bytesOfPath(folder), PATH_ONLY | constants.O_NOFOLLOW | constants.O_DIRECTORY);
    const modeNow = (): number => fstatSync(held).mode & 0o7777;
    const mode = modeNow();
    const opened = mode | READ_AND_SEARCH;
    chmodSync(`/proc/self/fd/${held}`, opened);
    if (this.#setBack.length >= MOST_SET_BACK) closeSync(held);
    else
      this.#setBack.push(() => {
        try {
          if (modeNow() === opened) chmodSync(`/proc/self/fd/${held}`, mode);
        } finally {
          closeSync(held);
        }
      });
  }

  /** Innermost first, as they were opened last. */
  close(): void {
    for (const setBack of this.#setBack.splice(0).reverse())
      try {
        setBack();
      } catch {
        continue; // gone meanwhile
      }
  }
}
