import type { LimitName, Limits, ResourceUse } from '../../core/sandbox/port.ts';
import { ENTRY_BYTES } from './entryWatch.ts';
import type { ControlGroup } from './groups/port.ts';
import { bytesInMemoryFolders } from './memoryFolders.ts';
import { shareOfMemory, treeOf, treeRoot, type ProcessUse, type TreeRoot } from './processTree.ts';

export const EVERY_MS = 100;

/** What is looked at: the tree below `outer`, which is the sandbox's own starter, and the group it is in. */
export interface Watched {
  outer: number;
  /** Whether its first two processes are the sandbox's own. */
  isCage: boolean;
  group: ControlGroup | undefined;
  limits: Limits;
  /** Folders of the cage whose content is in memory. */
  inMemory: readonly string[];
  /** Tells how many entries were added by a command that had so much processor time. */
  entries?: { most: number; added(cpuSeconds: number): number } | undefined;
  /** Tells how much these processes wrote where the kernel does not count it. */
  uncounted?: { bytes(pids: readonly number[]): number } | undefined;
}

export interface Watch {
  /** The limit that was gone over, at a last look; and what was used. */
  end(): { over: LimitName | undefined; use: ResourceUse };
}

/**
 * Looks at a tree every now and then and tells of the limit that it went over. What a control group holds is the
 * kernel's to hold, and is read there; the rest is watched, and may overshoot between two looks.
 */
export function watchTree(watched: Watched, onLimit: (name: LimitName) => void): Watch {
  const use: ResourceUse = { cpuSeconds: 0, memoryBytes: 0, diskBytes: 0, processes: 0 };
  const seen = new Map<string, ProcessUse>();
  const root = treeRoot(watched.outer);
  let over: LimitName | undefined;
  const look = (): void => {
    let now: LimitName | undefined;
    try {
      now = lookAt(watched, root, seen, use);
    } catch {
      return; // a process that goes away while it is looked at; the next look is soon
    }
    if (now !== undefined && over === undefined) {
      over = now;
      onLimit(now);
    }
  };
  const timer = setInterval(look, EVERY_MS);
  timer.unref();
  return {
    end() {
      clearInterval(timer);
      look();
      return { over, use };
    },
  };
}

/** One look; raises `use` to what it sees, and says which limit is gone over. */
function lookAt(
  { isCage, group, limits, inMemory, entries, uncounted }: Watched,
  root: TreeRoot,
  seen: Map<string, ProcessUse>,
  use: ResourceUse,
): LimitName | undefined {
  const living = treeOf(root, !group).slice(isCage ? 1 : 0);
  for (const one of living) seen.set(`${one.pid} ${one.start}`, one);
  // A child that was waited for is in its parent's count; one that nobody waits for is only in what was seen of it.
  use.cpuSeconds = Math.max(
    use.cpuSeconds,
    sum(living, (one) => one.cpuSeconds.withChildren),
    sum(seen.values(), (one) => one.cpuSeconds.own),
  );
  const written = sum(living, (one) => one.writtenBytes);
  const inWorkspace = uncounted?.bytes(living.map(({ pid }) => pid)) ?? 0;
  const added = entries?.added(use.cpuSeconds) ?? 0;
  // What is written into an entry is counted already: each takes a block, not one more.
  use.diskBytes = Math.max(use.diskBytes, written + inWorkspace, added * ENTRY_BYTES);
  const tasks = sum(living, (one) => one.threads) - (isCage ? 1 : 0);
  use.processes = Math.max(use.processes, tasks);
  let over = group ? fromGroup(group, use) : undefined;
  if (!group) {
    if (tasks > limits.processes) over = 'processes';
    else if (memoryIn(living, limits.memoryBytes, inMemory, use) > limits.memoryBytes) over = 'memory';
  }
  if (over !== undefined) return over;
  if (use.cpuSeconds > limits.cpuSeconds) return 'CPU time';
  if (entries && added > entries.most) return 'files';
  if (use.diskBytes > limits.diskBytes) return 'disk';
  return undefined;
}

function fromGroup(group: ControlGroup, use: ResourceUse): LimitName | undefined {
  const said = group.use();
  use.cpuSeconds = Math.max(use.cpuSeconds, said.cpuSeconds);
  use.memoryBytes = Math.max(use.memoryBytes, said.peakMemoryBytes ?? 0);
  return said.over;
}

/** Memory of the tree. Processes share a lot: only when the plain sum is too much is the exact one worth its price. */
function memoryIn(living: readonly ProcessUse[], limit: number, inMemory: readonly string[], use: ResourceUse): number {
  const [first] = living;
  const rest = (first ? bytesInMemoryFolders(first.pid, inMemory) : 0) + sum(living, ({ tableBytes }) => tableBytes);
  let bytes = sum(living, (one) => one.residentBytes) + rest;
  if (bytes > limit) bytes = sum(living, (one) => shareOfMemory(one) ?? one.residentBytes) + rest;
  use.memoryBytes = Math.max(use.memoryBytes, bytes);
  return bytes;
}

function sum<T>(values: Iterable<T>, of: (value: T) => number): number {
  let total = 0;
  for (const value of values) total += of(value);
  return total;
}
