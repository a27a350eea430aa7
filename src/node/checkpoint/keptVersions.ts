import { lstat, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readManifest } from './manifest.ts';
import { KeptTrees } from './tree/keptTrees.ts';

/** Kept versions of all runs may take so many bytes where the policy says nothing: the oldest runs' go first. */
export const MOST_KEPT = 2 * 1024 ** 3;
/** A content that was put in place since is of an action whose manifest may still be on its way. */
const FRESH_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** How much of it there is. */
export interface KeptCount {
  runs: number;
  bytes: number;
}

/** The same with what is kept of whole workspaces, before any command changes them. */
export interface KeptAll extends KeptCount {
  trees: { workspaces: number; bytes: number };
}

interface RunKept {
  run: string;
  /** When it last kept something, in milliseconds since 1970. */
  at: number;
  blobs: ReadonlySet<string>;
  /** Bytes that it alone keeps: what its commands changed. */
  packed: number;
}

/**
 * Earlier versions of files that runs have changed, over all runs: counted, pruned and erased. Other processes keep
 * more meanwhile: what they have just put in place stays, and a run that was at work within the hour too.
 */
export class KeptVersions {
  readonly #runs: string;
  readonly #blobs: string;
  readonly #trees: KeptTrees;

  constructor(dataFolder: string) {
    this.#runs = join(dataFolder, 'checkpoints');
    this.#blobs = join(dataFolder, 'blobs');
    this.#trees = new KeptTrees(dataFolder);
  }

  async count(): Promise<KeptAll> {
    const [runs, sizes] = [await names(this.#runs), await this.#sizes()];
    const packed = await Promise.all(runs.map((run) => packedIn(join(this.#runs, run))));
    return { runs: runs.length, bytes: sum(sizes.values()) + sum(packed), trees: await this.#trees.count() };
  }

  /** Takes away what is older than `days`, then the oldest until no more than `bytes` are left. How much went. */
  async prune({ days, bytes }: { days: number | null; bytes: number }, now = Date.now()): Promise<KeptCount> {
    await this.#trees.prune({ days, bytes }, now);
    const sizes = await this.#sizes();
    const runs = await this.#kept();
    let left = sum(sizes.values()) + sum(runs.map(({ packed }) => packed));
    const uses = new Map<string, number>();
    for (const { blobs } of runs) for (const blob of blobs) uses.set(blob, (uses.get(blob) ?? 0) + 1);
    const gone: string[] = [];
    for (const { run, at, blobs, packed } of runs) {
      const isOld = days !== null && now - at > days * DAY_MS;
      if (now - at < FRESH_MS || (!isOld && left <= bytes)) continue;
      gone.push(run);
      left -= packed;
      for (const blob of blobs) {
        const others = (uses.get(blob) ?? 0) - 1;
        uses.set(blob, others);
        if (others === 0) left -= sizes.get(blob) ?? 0;
      }
    }
    return this.#forget(gone, now);
  }

  /** Takes away what these runs kept; what others keep as well stays. */
  async erase(runs: readonly string[], now = Date.now()): Promise<KeptCount> {
    if (runs.length > 0) await this.#trees.erase();
    return this.#forget(runs, now);
  }

  async #forget(runs: readonly string[], now: number): Promise<KeptCount> {
    const before = await this.count();
    // A name is one of ours: it is looked for among the folders, and no path is made of it.
    for (const run of (await names(this.#runs)).filter((name) => runs.includes(name)))
      await rm(join(this.#runs, run), { recursive: true, force: true });
    await this.#sweep(now);
    const after = await this.count();
    return { runs: before.runs - after.runs, bytes: Math.max(0, before.bytes - after.bytes) };
  }

  /** Contents that no manifest names go, and what was left half written. */
  async #sweep(now: number): Promise<void> {
    const used = new Set((await this.#kept()).flatMap(({ blobs }) => [...blobs]));
    const trash = join(this.#blobs, 'trash');
    for (const start of await names(this.#blobs)) {
      const path = join(this.#blobs, start);
      if (start.endsWith('.tmp') && (await changedAt(path)) < now - FRESH_MS) await rm(path, { force: true });
      if (!/^[0-9a-f]{2}$/.test(start)) continue;
      for (const rest of await names(path)) {
        if (used.has(start + rest) || (await changedAt(join(path, rest))) > now - FRESH_MS) continue;
        // Moved first: whoever keeps the same content from here on puts it in place anew.
        await mkdir(trash, { recursive: true, mode: 0o700 });
        const moved = join(trash, start + rest);
        await rename(join(path, rest), moved).catch(() => undefined);
        if ((await changedAt(moved)) > now - FRESH_MS) await rename(moved, join(path, rest)).catch(() => undefined);
      }
    }
    await rm(trash, { recursive: true, force: true });
  }

  /** Every run's, the oldest first. */
  async #kept(): Promise<RunKept[]> {
    const kept: RunKept[] = [];
    for (const run of await names(this.#runs)) {
      const folder = join(this.#runs, run);
      const manifests = (await names(folder)).filter((name) => name.endsWith('.json'));
      const blobs = new Set<string>();
      for (const name of manifests)
        for (const { blob } of (await readManifest(join(folder, name))) ?? []) if (blob !== undefined) blobs.add(blob);
      kept.push({ run, at: await changedAt(folder), blobs, packed: await packedIn(folder) });
    }
    return kept.sort((a, b) => a.at - b.at);
  }

  async #sizes(): Promise<Map<string, number>> {
    const sizes = new Map<string, number>();
    for (const start of await names(this.#blobs))
      for (const rest of /^[0-9a-f]{2}$/.test(start) ? await names(join(this.#blobs, start)) : []) {
        const info = await lstat(join(this.#blobs, start, rest)).catch(() => undefined);
        if (info) sizes.set(start + rest, info.size);
      }
    return sizes;
  }
}

/** What lies in packs and lists, in bytes. */
async function packedIn(folder: string): Promise<number> {
  const packs = (await names(folder)).filter((name) => /\.(?:pack|changed)$/.test(name));
  const sizes = await Promise.all(packs.map((name) => lstat(join(folder, name)).catch(() => undefined)));
  return sum(sizes.map((info) => info?.size ?? 0));
}

async function names(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}

/** 0 where it is gone. */
async function changedAt(path: string): Promise<number> {
  return (await lstat(path).catch(() => undefined))?.mtimeMs ?? 0;
}

function sum(sizes: Iterable<number>): number {
  let all = 0;
  for (const size of sizes) all += size;
  return all;
}
