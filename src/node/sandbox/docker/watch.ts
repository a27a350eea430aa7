import { readFileSync } from 'node:fs';
import type { LimitName, Limits, ResourceUse } from '../../../core/sandbox/port.ts';
import { ENTRY_BYTES } from '../entryWatch.ts';
import type { CageHooks } from '../runInCage.ts';
import { EVERY_MS, type Watch } from '../watchdog.ts';
import { wentOver, type GroupOfContainer } from './group.ts';

/**
 * Looks every now and then at what a command in a container uses, and tells of the limit that it went over. Memory and
 * processes are the kernel's to hold, and are read there; the rest is watched, and may overshoot between two looks.
 */
export function watchContainer(
  {
    group,
    limits,
    hooks,
  }: { group: GroupOfContainer; limits: Limits; hooks: Pick<CageHooks, 'entries' | 'uncounted'> },
  onLimit: (name: LimitName) => void,
): Watch {
  const before = group.counts();
  const itself = new Set(group.processes());
  const written = new Map<string, number>();
  const use: ResourceUse = { cpuSeconds: 0, memoryBytes: 0, diskBytes: 0, processes: 0 };
  let over: LimitName | undefined;
  const look = (): LimitName | undefined => {
    const now = group.counts();
    use.cpuSeconds = Math.max(use.cpuSeconds, now.cpuSeconds - before.cpuSeconds);
    use.memoryBytes = Math.max(use.memoryBytes, now.peakMemoryBytes);
    use.processes = Math.max(use.processes, group.tasks() - itself.size);
    const pids = group.processes().filter((pid) => !itself.has(pid));
    for (const pid of pids) note(pid, written);
    const uncounted = hooks.uncounted?.bytes(pids) ?? 0;
    const added = hooks.entries?.added(use.cpuSeconds) ?? 0;
    const bytes = [...written.values()].reduce((total, one) => total + one, 0);
    use.diskBytes = Math.max(use.diskBytes, bytes + uncounted, added * ENTRY_BYTES);
    const held = wentOver(before, now);
    if (held !== undefined) return held;
    if (use.cpuSeconds > limits.cpuSeconds) return 'CPU time';
    if (hooks.entries && added > hooks.entries.most) return 'files';
    return use.diskBytes > limits.diskBytes ? 'disk' : undefined;
  };
  const lookOnce = (): void => {
    let now: LimitName | undefined;
    try {
      now = look();
    } catch {
      return; // it is going away; the next look is soon
    }
    if (now === undefined || over !== undefined) return;
    over = now;
    onLimit(now);
  };
  const timer = setInterval(lookOnce, EVERY_MS);
  timer.unref();
  return {
    end() {
      clearInterval(timer);
      lookOnce();
      return { over, use };
    },
  };
}

/** What a process gave to the kernel to be written to disk (proc(5), /proc/PID/io); its start tells it from a later one. */
function note(pid: number, written: Map<string, number>): void {
  try {
    const bytes = /^write_bytes: (\d+)$/m.exec(readFileSync(`/proc/${pid}/io`, 'latin1'))?.[1];
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const start = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
    if (bytes !== undefined) written.set(`${pid} ${start}`, Number(bytes));
  } catch {
    // it has ended, or does not let itself be looked at
  }
}
