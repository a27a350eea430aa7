import type { HeldLimit, LimitName, Limits, ResourceUse } from '../../../core/sandbox/port.ts';
import { Descendants, listProcesses } from './processes.ts';

const EVERY_MS = 500;
const SWEEPS = 5;
const SWEEP_PAUSE_MS = 50;

export interface Watch {
  /** Ends what the command left behind, and says what was used and how many could not be ended. */
  end(): Promise<{ use: ResourceUse; survivors: number }>;
}

/** What was seen: a limit that was gone over, or that nothing could be seen. */
export type Seen = { limit: LimitName } | { blind: string };

/**
 * Looks every half second at what a command started. The processes it sees are remembered, so that one which leaves
 * its group and its parent can still be ended; one that does both between two looks is not seen.
 */
export function watchDescendants(pid: number, limits: Limits, tell: (seen: Seen) => void): Watch {
  const descendants = new Descendants(pid);
  let isEnded = false;
  const look = async (): Promise<void> => {
    descendants.look(await listProcesses());
    const over = exceeded(descendants.use, limits);
    if (over !== undefined && !isEnded) tell({ limit: over });
  };
  let timer: NodeJS.Timeout;
  let looking: Promise<void> = Promise.resolve();
  const again = (): void => {
    timer = setTimeout(() => {
      looking = look()
        .catch((error: unknown) => {
          if (!isEnded) tell({ blind: String(error) });
        })
        .finally(() => {
          if (!isEnded) again();
        });
    }, EVERY_MS);
    timer.unref();
  };
  again();
  return {
    async end() {
      isEnded = true;
      clearTimeout(timer);
      await looking;
      return { use: descendants.use, survivors: await sweep(descendants) };
    },
  };
}

function exceeded(use: ResourceUse, limits: Limits): LimitName | undefined {
  if (use.processes > limits.processes) return 'processes';
  if (use.memoryBytes > limits.memoryBytes) return 'memory';
  if (use.cpuSeconds > limits.cpuSeconds) return 'CPU time';
  return undefined;
}

/** The command has ended and its group was killed: what is still there had left the group. */
async function sweep(descendants: Descendants): Promise<number> {
  for (let round = 0; round < SWEEPS; round += 1) {
    const left = descendants.look(await listProcesses()).map(({ pid }) => pid);
    if (left.length === 0) return 0;
    for (const pid of left)
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // it ended meanwhile, or is not ours to end: the next look tells
      }
    await new Promise((resolve) => setTimeout(resolve, SWEEP_PAUSE_MS));
  }
  return descendants.look(await listProcesses()).length;
}

/** What holds each limit on macOS. The sum of bytes written is not here: nothing on macOS tells it. */
export function seatbeltLimits(limits: Limits): HeldLimit[] {
  const size = (bytes: number): string =>
    bytes >= 1024 ** 3 ? `${(bytes / 1024 ** 3).toFixed(1)} GiB` : `${Math.round(bytes / 1024 ** 2)} MiB`;
  const by = 'a look every half second';
  return [
    { name: 'memory', value: size(limits.memoryBytes), how: 'watched', by },
    { name: 'CPU time', value: `${limits.cpuSeconds} s`, how: 'watched', by },
    { name: 'processes', value: String(limits.processes), how: 'watched', by },
    { name: 'file size', value: size(limits.diskBytes), how: 'enforced', by: 'the kernel, for each file' },
  ];
}
