import { statfsSync, type BigIntStats } from 'node:fs';
import { isInside, nameOf, parentOf } from '../../core/scope/spelling.ts';
import { bytesOfPath } from '../files/rawPath.ts';
import { entryAt } from './entries.ts';
import { entriesOf } from './folderEntries.ts';
import type { StillTimes } from './stillTimes.ts';
import { Stretch } from './stretch.ts';

const MOST_ENTRIES = 20_000;
/** File systems whose times are this machine's own clock (statfs(2)): ext2 to 4, XFS, btrfs, tmpfs, F2FS, overlay, ZFS, bcachefs. */
const OWN_CLOCK = new Set([0xef53, 0x58465342, 0x9123683e, 0x01021994, 0xf2f52010, 0x794c7630, 0x2fc12fc1, 0xca451a4e]);
/** What makes a bare repository run something stands beside its HEAD. */
const BESIDE_HEAD = ['config', 'hooks', 'commondir', 'config.worktree'];

/** Who changed single entries: of what was committed, it is objects and references that tell. */
export type Authors = Pick<WhoWrote, 'isChangeOfOthers' | 'isSince'>;

/** Commands that could have written in some folders, each with when it cannot have. */
export interface Writer {
  roots: readonly string[];
  still: StillTimes;
}

/**
 * Tells what commands cannot have written. The kernel sets an entry's ctime at each change of its content, mode or name
 * and its time of birth once, and nobody can set either: where both lie in times in which no command ran, somebody
 * else made it what it is.
 */
export class WhoWrote {
  readonly #writers: readonly Writer[];
  readonly #since: number;

  /** `since`: when the first of them was looked after; what is older was there before. */
  constructor(writers: readonly Writer[]) {
    this.#writers = writers;
    this.#since = Math.min(...writers.map(({ still }) => still.since));
  }

  /** Whether an entry, and whatever is in it, was made since by others alone. False where that cannot be known. */
  async isOfOthers(path: string): Promise<boolean> {
    if (!hasOwnClock(parentOf(path))) return false;
    const stretch = new Stretch();
    const beside =
      nameOf(path) === 'HEAD'
        ? BESIDE_HEAD.map((name) => `${parentOf(path)}/${name}`).filter((one) => entryAt(one))
        : [];
    const pending = [path, ...beside];
    let looked = 0;
    for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
      await stretch.rest();
      const info = entryAt(at);
      if (!info || (looked += 1) > MOST_ENTRIES || !this.#isLastOfOthers(at, info)) return false;
      if (!info.isDirectory()) continue;
      const entries = await entriesOf(at, 'before', stretch).catch(() => 'closed' as const);
      if (entries === 'closed') return false;
      pending.push(...entries.map((entry) => entry.path));
    }
    return true;
  }

  /** The same of one entry alone; of one that is gone, its folder tells. */
  isChangeOfOthers(path: string): boolean {
    if (!hasOwnClock(parentOf(path))) return false;
    for (let at = path; at !== '/'; at = parentOf(at)) {
      const info = entryAt(at);
      if (info) return this.#isLastOfOthers(at, info, at !== path);
    }
    return false;
  }

  /** Whether it was changed since at all. */
  isSince(path: string): boolean {
    const info = entryAt(path);
    return info !== undefined && Number(info.ctimeNs) / 1e6 >= this.#since;
  }

  #isLastOfOthers(path: string, info: BigIntStats, isFolderOf = false): boolean {
    const [changed, born] = [Number(info.ctimeNs) / 1e6, Number(info.birthtimeNs) / 1e6];
    if (changed < this.#since) return false; // it came with a folder that was moved
    const writers = this.#writers.filter(({ roots }) => roots.some((root) => isInside(root, path)));
    return writers.every(({ still }) => still.covers(changed) && (isFolderOf || still.covers(born)));
  }
}

function hasOwnClock(folder: string): boolean {
  try {
    return OWN_CLOCK.has(statfsSync(bytesOfPath(folder)).type >>> 0);
  } catch {
    return false;
  }
}
