import { readFileSync } from 'node:fs';
import type { HardLimits } from '../../core/sandbox/bubblewrap.ts';

/** The hard limits of this process, which everything that it starts inherits: /proc/self/limits of proc(5). */
export function hardLimits(): HardLimits {
  const text = readFileSync('/proc/self/limits', 'latin1');
  const hard = (name: string): number => {
    const line = text.split('\n').find((one) => one.startsWith(name));
    const value = line?.slice(name.length).trim().split(/ +/)[1];
    if (value === undefined) throw new Error(`/proc/self/limits does not tell "${name}"`);
    return value === 'unlimited' ? Infinity : Number(value);
  };
  return {
    coreBlocks: hard('Max core file size'),
    cpuSeconds: hard('Max cpu time'),
    fileBytes: hard('Max file size'),
    processes: hard('Max processes'),
    descriptors: hard('Max open files'),
    pendingSignals: hard('Max pending signals'),
    queueBytes: hard('Max msgqueue size'),
    lockedBytes: hard('Max locked memory'),
  };
}
