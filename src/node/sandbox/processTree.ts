import { readdirSync, readFileSync } from 'node:fs';

const TICKS = 100; // USER_HZ, fixed at 100 for user space on Linux (time(7))
const PAGE = 4096;

/** One process of a tree as it was seen: its number alone may be another one's a moment later. */
export interface ProcessUse {
  pid: number;
  /** Start time (proc(5), /proc/PID/stat field 22): with the number it names one process. */
  start: string;
  residentBytes: number;
  /** What the kernel needs to keep its memory in order; 0 where it was not asked for. */
  tableBytes: number;
  threads: number;
  /** Its own, and its own with that of children that have ended; of which in the kernel. */
  cpuSeconds: { own: number; withChildren: number; system: number };
  /** Given to the kernel to be written; the kernel adds that of children that have been waited for. */
  writtenBytes: number;
}

/** The first process of a tree: what a later one with the same number has started belongs to somebody else. */
export interface TreeRoot {
  pid: number;
  start: string;
}

export function treeRoot(pid: number): TreeRoot {
  return { pid, start: statFields(pid)?.[START] ?? '' };
}

/**
 * Every process below `root`, itself first. A tree that loses its root loses its children to the next one above. A
 * process counts only if the kernel says that its parent is in the tree, at a moment after everything else was read of
 * it: numbers are used again, and what a stranger uses is not the tree's.
 */
export function treeOf(root: TreeRoot, withTables = false): ProcessUse[] {
  const tree: ProcessUse[] = [];
  const pids = new Set<number>();
  const pending = [root.pid];
  for (let pid = pending.pop(); pid !== undefined; pid = pending.pop()) {
    if (pids.has(pid)) continue;
    const one = useOfProcess(pid, withTables);
    if (!one) continue;
    if (pid === root.pid ? one.start !== root.start : !pids.has(one.parent)) continue;
    pids.add(pid);
    tree.push(one);
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
    return Number.isInteger(pid) && Number(statFields(pid)?.[PARENT]) === parent ? [pid] : [];
  });
}

// Fields of /proc/PID/stat are counted as in proc(5), from the third.
const PARENT = 4 - 3;
const START = 22 - 3;

/** Undefined when it has ended. What tells whose it is comes last: the rest was read of the same process or of an earlier one. */
function useOfProcess(pid: number, withTables: boolean): (ProcessUse & { parent: number }) | undefined {
  const writtenBytes = numberOf(`/proc/${pid}/io`, /^write_bytes: (\d+)$/m) ?? 0;
  const tables = withTables ? numberOf(`/proc/${pid}/status`, /^VmPTE:\s+(\d+) kB$/m) : undefined;
  const fields = statFields(pid);
  if (!fields) return undefined;
  const seconds = (...indexes: number[]): number =>
    indexes.reduce((sum, index) => sum + Number(fields[index - 3]), 0) / TICKS;
  return {
    pid,
    parent: Number(fields[PARENT]),
    start: fields[START] ?? '',
    residentBytes: Number(fields[24 - 3]) * PAGE,
    tableBytes: (tables ?? 0) * 1024,
    threads: Number(fields[20 - 3]),
    cpuSeconds: { own: seconds(14, 15), withChildren: seconds(14, 15, 16, 17), system: seconds(15, 17) },
    writtenBytes,
  };
}

/**
 * A process's share of what it holds together with others; slow, so it is only asked when it matters. Undefined where
 * the process does not let itself be looked at (PR_SET_DUMPABLE of prctl(2)), or has ended.
 */
export function shareOfMemory({ pid, start }: TreeRoot): number | undefined {
  const kibibytes = numberOf(`/proc/${pid}/smaps_rollup`, /^Pss: +(\d+) kB$/m);
  return kibibytes === undefined || statFields(pid)?.[START] !== start ? undefined : kibibytes * 1024;
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
