import { lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** What is kept of a workspace that no command ran in for so long goes: it can be read anew. */
const UNUSED_DAYS = 30;

interface TreeSize {
  folder: string;
  bytes: number;
  /** When it was used last, in milliseconds since 1970. */
  at: number;
}

/** What is kept of whole workspaces, so that undo covers commands (keptTree.ts): over all of them. */
export class KeptTrees {
  readonly #folder: string;

  constructor(dataFolder: string) {
    this.#folder = join(dataFolder, 'trees');
  }

  async count(): Promise<{ workspaces: number; bytes: number }> {
    const all = await this.#all();
    return { workspaces: all.length, bytes: all.reduce((sum, { bytes }) => sum + bytes, 0) };
  }

  /** Takes away those that nobody used for long, then the oldest until no more than `bytes` are left. */
  async prune({ days, bytes }: { days: number | null; bytes: number }, now = Date.now()): Promise<void> {
    const all = (await this.#all()).sort((a, b) => a.at - b.at);
    let left = all.reduce((sum, one) => sum + one.bytes, 0);
    for (const one of all) {
      const isOld = now - one.at > Math.min(days ?? UNUSED_DAYS, UNUSED_DAYS) * DAY_MS;
      if (now - one.at < HOUR_MS || (!isOld && left <= bytes)) continue;
      await rm(one.folder, { recursive: true, force: true });
      left -= one.bytes;
    }
  }

  /** All of it: what somebody wants gone may be in any. A command that is running now cannot be undone then. */
  async erase(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #all(): Promise<TreeSize[]> {
    const found: TreeSize[] = [];
    for (const name of await readdir(this.#folder).catch(() => [])) {
      const folder = join(this.#folder, name);
      const [entries, pack] = await Promise.all(
        ['entries.jsonl', 'pack'].map((file) => lstat(join(folder, file)).catch(() => undefined)),
      );
      found.push({ folder, bytes: (entries?.size ?? 0) + (pack?.size ?? 0), at: entries?.mtimeMs ?? 0 });
    }
    return found;
  }
}
