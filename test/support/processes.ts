import { readdirSync, readFileSync } from 'node:fs';

/** Processes alive now whose command line or environment holds a mark. A zombie has ended. */
export function processesWith(mark: string): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && pid !== process.pid)
    .filter((pid) => {
      try {
        if (/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'latin1'))) return false;
        return ['cmdline', 'environ'].some((name) => readFileSync(`/proc/${pid}/${name}`, 'latin1').includes(mark));
      } catch {
        return false; // it ended meanwhile, or is somebody else's
      }
    });
}

/** Waits until a condition holds; false if it still does not after `ms`. */
export async function within(ms: number, condition: () => boolean): Promise<boolean> {
  const end = performance.now() + ms;
  while (!condition()) {
    if (performance.now() > end) return false;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return true;
}
