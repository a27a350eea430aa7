import type { ResourceUse } from '../../../core/sandbox/port.ts';
import { startProcess } from '../../process/spawn.ts';

/** A process as ps(1) shows it. `began` tells it from a later one with the same number. */
export interface ProcessLine {
  pid: number;
  parent: number;
  memoryBytes: number;
  cpuSeconds: number;
  began: string;
}

const COLUMNS = 'pid=,ppid=,rss=,time=,stat=,lstart=';

/** All processes of the machine; there is no /proc on macOS. */
export async function listProcesses(): Promise<ProcessLine[]> {
  const ps = await startProcess({
    file: '/bin/ps',
    args: ['-axo', COLUMNS],
    cwd: '/',
    environment: { LC_ALL: 'C' },
    outputCap: 16 * 1024 ** 2,
  });
  const timer = setTimeout(() => {
    ps.kill();
  }, 5000);
  const ended = await ps.ended;
  clearTimeout(timer);
  const lines = parseProcesses(ended.output.toString('utf8'));
  // It sees itself at least.
  if (ended.code !== 0 || lines.length === 0) throw new Error('ps did not list the processes');
  return lines;
}

export function parseProcesses(output: string): ProcessLine[] {
  return output.split('\n').flatMap((line) => {
    const [, pid, parent, kibibytes, time, state, began] =
      /^\s*(\d+)\s+(\d+)\s+(\d+)\s+([\d:.-]+)\s+(\S+)\s+(.+?)\s*$/.exec(line) ?? [];
    if (pid === undefined || time === undefined || state?.startsWith('Z') !== false || began === undefined) return [];
    return [
      {
        pid: Number(pid),
        parent: Number(parent),
        memoryBytes: Number(kibibytes) * 1024,
        cpuSeconds: secondsOf(time),
        began,
      },
    ];
  });
}

/** `[days-][hours:]minutes:seconds[.hundredths]` */
function secondsOf(time: string): number {
  const [days, rest] = time.includes('-') ? time.split('-') : ['0', time];
  const clock = (rest ?? '').split(':').reduce((total, part) => total * 60 + Number(part), 0);
  return Number(days) * 86_400 + clock;
}

/** Everything that a process started, as far as it was seen: who was once seen stays known when its parent ends. */
export class Descendants {
  readonly use: ResourceUse = { cpuSeconds: 0, memoryBytes: 0, diskBytes: 0, processes: 0 };
  readonly #root: number;
  readonly #known = new Map<number, ProcessLine>();
  #endedCpuSeconds = 0;

  constructor(root: number) {
    this.#root = root;
  }

  /** Takes in a look at all processes; returns those that belong here and live, the root left out. */
  look(all: readonly ProcessLine[]): ProcessLine[] {
    const byPid = new Map(all.map((line) => [line.pid, line]));
    const children = Map.groupBy(all, ({ parent }) => parent);
    for (const [pid, line] of this.#known)
      if (byPid.get(pid)?.began !== line.began) {
        this.#known.delete(pid);
        this.#endedCpuSeconds += line.cpuSeconds;
      }
    const pending = [this.#root, ...this.#known.keys()];
    const seen = new Set(pending);
    for (let pid = pending.pop(); pid !== undefined; pid = pending.pop())
      for (const child of children.get(pid) ?? [])
        if (!seen.has(child.pid)) {
          seen.add(child.pid);
          pending.push(child.pid);
        }
    seen.delete(this.#root);
    const living = [...seen].flatMap((pid) => byPid.get(pid) ?? []);
    for (const line of living) this.#known.set(line.pid, line);
    this.use.processes = Math.max(this.use.processes, living.length);
    this.#note([...living, ...all.filter(({ pid }) => pid === this.#root)]);
    return living;
  }

  #note(living: readonly ProcessLine[]): void {
    const sum = (of: (line: ProcessLine) => number): number => living.reduce((total, line) => total + of(line), 0);
    const { use } = this;
    use.cpuSeconds = Math.max(use.cpuSeconds, this.#endedCpuSeconds + sum((line) => line.cpuSeconds));
    use.memoryBytes = Math.max(
      use.memoryBytes,
      sum((line) => line.memoryBytes),
    );
  }
}
