import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { treeOf, treeRoot } from './processTree.ts';

const MOST_MS = 500;

/**
 * Stops everything in a cage where it is; what is returned lets it go on. Undefined where that takes too long: then
 * nothing is stopped any more. What the command had stopped itself stays so.
 */
export async function freeze(outer: number): Promise<(() => void) | undefined> {
  const root = treeRoot(outer);
  const stopped = new Set<number>();
  const thaw = (): void => {
    for (const pid of stopped) signal(pid, 'SIGCONT');
  };
  const until = performance.now() + MOST_MS;
  for (let quiet = 0; quiet < 2;) {
    // Its first two are the sandbox's own.
    const running = treeOf(root)
      .slice(2)
      .filter(({ pid }) => !isStopped(pid));
    for (const { pid } of running) {
      stopped.add(pid);
      signal(pid, 'SIGSTOP');
    }
    quiet = running.length === 0 ? quiet + 1 : 0;
    if (performance.now() > until) {
      thaw();
      return undefined;
    }
    if (running.length > 0) await pause(1);
  }
  return thaw;
}

/** Stopped, or ended (proc(5), /proc/PID/stat). */
function isStopped(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return /^[TtZX]/.test(stat.slice(stat.lastIndexOf(')') + 2));
  } catch {
    return true;
  }
}

function signal(pid: number, name: 'SIGSTOP' | 'SIGCONT'): void {
  try {
    process.kill(pid, name);
  } catch {
    // it has ended
  }
}
