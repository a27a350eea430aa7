import { readdirSync, readFileSync, statfsSync } from 'node:fs';

const TICKS = 100; // USER_HZ, fixed at 100 for user space on Linux (time(7))
const PAGE = 4096;

/** Every process below `root`, itself first. A tree that loses its root loses its children to the next one above. */
export function treeOf(root: number): number[] {
  const tree: number[] = [];
  const pending = [root];
  for (let pid = pending.pop(); pid !== undefined; pid = pending.pop()) {
    tree.push(pid);
    pending.push(...childrenOf(pid));
  }
  return tree;
}

function childrenOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((thread) => {
      const text = readFileSync(`/proc/${pid}/task/${thread}/children`, 'latin1').trim();
      return text === '' ? [] : text.split(' ').map(Number);
    });
  } catch (error) {
    // The kernel can be built without that file; a process that has ended has no folder either.
    return error instanceof Error && 'code' in error && error.code === 'ENOENT' ? childrenByParent(pid) : [];
  }
}

function childrenByParent(parent: number): number[] {
  try {
    readFileSync(`/proc/${parent}/stat`);
  } catch {
    return [];
  }
  return readdirSync('/proc').flatMap((name) => {
    const pid = Number(name);
    return Number.isInteger(pid) && Number(statFields(pid)?.[1]) === parent ? [pid] : [];
  });
}

/** What one process has used, with what its children had used when it waited for them. */
export interface ProcessUse {
  residentBytes: number;
  threads: number;
  /** Its own, and its own with that of children that have ended. */
  cpuSeconds: { own: number; withChildren: number };
  /** Given to the kernel to be written; the kernel adds that of children that have been waited for. */
  writtenBytes: number;
}

/** Undefined when it has ended. Fields of /proc/PID/stat are counted as in proc(5), from the third. */
export function useOfProcess(pid: number): ProcessUse | undefined {
  const fields = statFields(pid);
  if (!fields) return undefined;
  const seconds = (...indexes: number[]): number =>
    indexes.reduce((sum, index) => sum + Number(fields[index - 3]), 0) / TICKS;
  return {
    residentBytes: Number(fields[24 - 3]) * PAGE,
    threads: Number(fields[20 - 3]),
    cpuSeconds: { own: seconds(14, 15), withChildren: seconds(14, 15, 16, 17) },
    writtenBytes: numberOf(`/proc/${pid}/io`, /^write_bytes: (\d+)$/m) ?? 0,
  };
}

/**
 * A process's share of what it holds together with others; slow, so it is only asked when it matters. Undefined where
 * the process does not let itself be looked at (PR_SET_DUMPABLE of prctl(2)).
 */
export function shareOfMemory(pid: number): number | undefined {
  const kibibytes = numberOf(`/proc/${pid}/smaps_rollup`, /^Pss: +(\d+) kB$/m);
  return kibibytes === undefined ? undefined : kibibytes * 1024;
}

/** What lies in file systems in memory, as a process inside sees them. */
export function bytesInMemoryFolders(pid: number, folders: readonly string[]): number {
  let bytes = 0;
  for (const folder of folders)
    try {
      const info = statfsSync(`/proc/${pid}/root${folder}`);
      bytes += (info.blocks - info.bfree) * info.bsize;
    } catch {
      // it has ended, or cannot be looked at
    }
  return bytes;
}

function statFields(pid: number): string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name (field 2) may hold spaces and brackets: fields are counted from its last bracket.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}

function numberOf(file: string, pattern: RegExp): number | undefined {
  try {
    const found = pattern.exec(readFileSync(file, 'latin1'))?.[1];
    return found === undefined ? undefined : Number(found);
  } catch {
    return undefined;
  }
}
