import { lstatSync, readdirSync, statfsSync, statSync } from 'node:fs';
import { bytesOfPath } from '../files/rawPath.ts';
import { entriesBelow, type Below } from './entriesBelow.ts';
import { Stretch } from './stretch.ts';

/** File systems in memory (linux/magic.h): what is written there the kernel counts for no process (/proc/PID/io). */
const IN_MEMORY = new Set([0x01021994, 0x858458f6]);
const NEXT_MS = 500;
/** How far the time of a change may lie before this process's clock (CLOCK_REALTIME_COARSE). */
const COARSE_MS = 20;
const BLOCK_BYTES = 512;

/**
 * What a command writes into workspace folders that lie in memory. How much more the file system holds than before gives
 * the word to look, and is the most that counts; what counts are files that were changed since, and such without a name
 * that its processes hold open: what others write beside the workspace is not the command's.
 */
export class UncountedWrites {
  readonly #below: Below;
  readonly #before: number;
  readonly #since = Date.now() - COARSE_MS;
  /** Less is not worth a look. */
  readonly #least: number;
  #found = 0;
  #look: Promise<void> | undefined;
  #notBefore = 0;
  #isClosed = false;

  constructor({ folders, without }: Below, mostBytes: number) {
    this.#below = { folders: folders.filter((folder) => usedIn(folder) !== undefined), without };
    this.#before = this.#used();
    this.#least = mostBytes / 4;
  }

  /** Bytes at the last look; begins the next one in the background where it is due. `pids`: the command's processes. */
  bytes(pids: readonly number[]): number {
    const grown = this.#used() - this.#before;
    const isDue = grown >= this.#least && performance.now() >= this.#notBefore;
    if (!this.#isClosed && !this.#look && isDue)
      this.#look = this.#changed(pids)
        .then((bytes) => {
          this.#found = Math.max(this.#found, Math.min(grown, bytes));
        })
        .catch(() => undefined) // the next look is soon
        .finally(() => {
          this.#look = undefined;
          this.#notBefore = performance.now() + NEXT_MS;
        });
    return this.#found;
  }

  /** Resolves when no look is at work any more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#look;
  }

  /** Folders on the same file system count once. */
  #used(): number {
    const byDevice = new Map<number, number>();
    for (const folder of this.#below.folders) {
      const { device, bytes } = usedIn(folder) ?? { device: 0, bytes: 0 };
      byDevice.set(device, bytes);
    }
    return [...byDevice.values()].reduce((sum, bytes) => sum + bytes, 0);
  }

  async #changed(pids: readonly number[]): Promise<number> {
    const devices = new Set(this.#below.folders.flatMap((folder) => usedIn(folder)?.device ?? []));
    let bytes = pids.reduce((sum, pid) => sum + namelessBytes(pid, devices), 0);
    const stretch = new Stretch();
    for await (const { path, kind } of entriesBelow(this.#below)) {
      if (this.#isClosed) break;
      if (kind !== 'file') continue;
      await stretch.rest();
      const info = lstatSync(bytesOfPath(path), { throwIfNoEntry: false });
      if (info && info.ctimeMs >= this.#since) bytes += info.blocks * BLOCK_BYTES;
    }
    return bytes;
  }
}

/** Undefined where the file system counts for itself, or is gone. */
function usedIn(folder: string): { device: number; bytes: number } | undefined {
  try {
    const { type, blocks, bfree, bsize } = statfsSync(bytesOfPath(folder));
    if (!IN_MEMORY.has(type >>> 0)) return undefined;
    return { device: statSync(bytesOfPath(folder)).dev, bytes: (blocks - bfree) * bsize };
  } catch {
    return undefined;
  }
}

/** What a process holds open on these devices that has no name any more. */
function namelessBytes(pid: number, devices: ReadonlySet<number>): number {
  const seen = new Map<number, number>();
  try {
    for (const descriptor of readdirSync(`/proc/${pid}/fd`)) {
      const info = statSync(`/proc/${pid}/fd/${descriptor}`, { throwIfNoEntry: false });
      if (info?.isFile() && info.nlink === 0 && devices.has(info.dev)) seen.set(info.ino, info.blocks * BLOCK_BYTES);
    }
  } catch {
    return 0; // it ended meanwhile
  }
  return [...seen.values()].reduce((sum, bytes) => sum + bytes, 0);
}
