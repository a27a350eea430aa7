import { readdirSync, readFileSync } from 'node:fs';
import type { Limits } from '../../core/sandbox/port.ts';

const EVERY_MS = 200;
const PAGE = 4096;
const TICKS = 100; // USER_HZ, fixed at 100 for user space on Linux (time(7))

/** Use of a whole process tree. */
export interface TreeUse {
  memoryBytes: number;
  cpuSeconds: number;
  diskBytes: number;
  processes: number;
}

/**
 * Looks at a process tree every now and then and tells which limit it went over. Watched, not enforced: it may
 * overshoot between two looks. CPU time and bytes written count processes that have ended, as far as they were seen.
 */
export function watchTree(pid: number, limits: Limits, onLimit: (name: string) => void): () => void {
  const cpu = new Map<number, number>();
  const written = new Map<number, number>();
  const timer = setInterval(() => {
    const use = lookAtTree(pid, cpu, written);
    const over = exceeded(use, limits);
    if (over === undefined) return;
    clearInterval(timer);
    onLimit(over);
  }, EVERY_MS);
  timer.unref();
  return () => {
    clearInterval(timer);
  };
}

function exceeded(use: TreeUse, limits: Limits): string | undefined {
  // Processes first: many of them share their memory, and their sum looks larger than it is.
  if (use.processes > limits.processes) return 'processes';
  if (use.memoryBytes > limits.memoryBytes) return 'memory';
  if (use.cpuSeconds > limits.cpuSeconds) return 'CPU time';
  if (use.diskBytes > limits.diskBytes) return 'disk';
  return undefined;
}

function lookAtTree(root: number, cpu: Map<number, number>, written: Map<number, number>): TreeUse {
  const children = new Map<number, number[]>();
  const rss = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid)) continue;
    const fields = statFields(pid);
    if (!fields) continue;
    const parent = Number(fields[1]);
    children.set(parent, [...(children.get(parent) ?? []), pid]);
    rss.set(pid, Number(fields[21]) * PAGE);
    cpu.set(-pid, (Number(fields[11]) + Number(fields[12])) / TICKS);
  }
  const tree: number[] = [];
  const pending = [root];
  for (let pid = pending.pop(); pid !== undefined; pid = pending.pop()) {
    tree.push(pid);
    pending.push(...(children.get(pid) ?? []));
  }
  for (const pid of tree) {
    cpu.set(pid, Math.max(cpu.get(pid) ?? 0, cpu.get(-pid) ?? 0));
    written.set(pid, Math.max(written.get(pid) ?? 0, bytesWritten(pid)));
  }
  for (const pid of [...cpu.keys()]) if (pid < 0) cpu.delete(pid);
  const sum = (values: Iterable<number>): number => [...values].reduce((total, value) => total + value, 0);
  return {
    memoryBytes: sum(tree.map((pid) => rss.get(pid) ?? 0)),
    cpuSeconds: sum(cpu.values()),
    diskBytes: sum(written.values()),
    processes: tree.length,
  };
}

function statFields(pid: number): string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined; // it ended meanwhile
  }
}

function bytesWritten(pid: number): number {
  try {
    const found = /^write_bytes: (\d+)$/m.exec(readFileSync(`/proc/${pid}/io`, 'latin1'));
    return Number(found?.[1] ?? 0);
  } catch {
    return 0;
  }
}
