/**
 * The processes below one process, read from /proc. Without /proc (macOS,
 * Windows) every list is empty and callers fall back to the process group.
 */
import { readFileSync, readdirSync } from 'node:fs';

/** One process. `started` (clock ticks since boot) tells a process from a later one with its pid. */
export interface ProcessInfo {
  readonly pid: number;
  readonly parent: number;
  readonly started: string;
  readonly command: readonly string[];
}

/** The living processes started, directly or not, by `root`; `root` itself is not in the list. */
export function descendants(root: number): ProcessInfo[] {
  const all = listProcesses();
  const found: ProcessInfo[] = [];
  let parents = new Set([root]);
  while (parents.size > 0) {
    const children = all.filter((info) => parents.has(info.parent));
    found.push(...children);
    parents = new Set(children.map((info) => info.pid));
  }
  return found;
}

/** Whether this very process, not a later one with its pid, still runs. A zombie does not. */
export function isRunning(info: ProcessInfo): boolean {
  return readProcess(info.pid)?.started === info.started;
}

/** Sends `signal` to `pid` (negative: to its group); a process that is gone is no error. */
export function signalIfAlive(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function listProcesses(): ProcessInfo[] {
  let names: string[];
  try {
    names = readdirSync('/proc');
  } catch {
    return [];
  }
  return names
    .filter((name) => /^\d+$/.test(name))
    .map((name) => readProcess(Number(name)))
    .filter((info) => info !== undefined);
}

/** Undefined when the process is gone or a zombie. Fields: proc(5), `/proc/pid/stat`. */
function readProcess(pid: number): ProcessInfo | undefined {
  try {
    const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
    // The name in parentheses may hold spaces and parentheses: count fields from its end.
    const [state, parent, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const started = rest[17];
    if (state === 'Z' || state === 'X' || parent === undefined || started === undefined) return undefined;
    const command = readFileSync(`/proc/${String(pid)}/cmdline`, 'utf8')
      .split('\0')
      .slice(0, -1);
    return { pid, parent: Number(parent), started, command };
  } catch {
    return undefined;
  }
}
