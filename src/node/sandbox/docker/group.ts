import { readFileSync } from 'node:fs';
import type { LimitName } from '../../../core/sandbox/port.ts';
import { numberIn } from '../groups/files.ts';
import { hierarchies } from '../groups/where.ts';

/** What the kernel counts of a container, since it was started. */
export interface GroupCounts {
  cpuSeconds: number;
  peakMemoryBytes: number;
  /** How often something was ended for memory, and how often a process was refused. */
  outOfMemory: number;
  refusedProcesses: number;
}

/** A container's control groups, as everybody may read them. */
export class GroupOfContainer {
  readonly version: 1 | 2;
  readonly #memory: string;
  readonly #pids: string;
  readonly #cpu: string;

  private constructor(version: 1 | 2, memory: string, pids: string, cpu: string) {
    this.version = version;
    this.#memory = memory;
    this.#pids = pids;
    this.#cpu = cpu;
  }

  /** Of the container that this process is the first of; undefined where it is none of this system's, or cannot be read. */
  static find(pid: number, id: string): GroupOfContainer | undefined {
    try {
      const groups = readFileSync(`/proc/${pid}/cgroup`, 'utf8');
      if (!groups.includes(id)) return undefined;
      const found = hierarchies(readFileSync('/proc/self/mountinfo', 'utf8'), groups);
      const second = found.find(({ version, own }) => version === 2 && own.includes(id));
      const of = (controller: string): string | undefined =>
        found.find(({ controllers, own }) => controllers.includes(controller) && own.includes(id))?.own ?? second?.own;
      const [memory, pids, cpu] = [of('memory'), of('pids'), of('cpuacct')];
      if (memory === undefined || pids === undefined || cpu === undefined) return undefined;
      const group = new GroupOfContainer(memory === second?.own ? 2 : 1, memory, pids, cpu);
      return group.processes().length > 0 ? group : undefined;
    } catch {
      return undefined;
    }
  }

  /** Their numbers here. Throws where the container is gone. */
  processes(): number[] {
    const text = readFileSync(`${this.#pids}/cgroup.procs`, 'latin1').trim();
    return text === '' ? [] : text.split('\n').map(Number);
  }

  /** How many processes and threads there are now; 0 where it is gone. */
  tasks(): number {
    return numberIn(this.#pids, 'pids.current') ?? 0;
  }

  counts(): GroupCounts {
    const isFirst = this.version === 1;
    const cpu = isFirst
      ? (numberIn(this.#cpu, 'cpuacct.usage') ?? 0) / 1e9
      : (numberIn(this.#cpu, 'cpu.stat', 'usage_usec') ?? 0) / 1e6;
    return {
      cpuSeconds: cpu,
      peakMemoryBytes: numberIn(this.#memory, isFirst ? 'memory.max_usage_in_bytes' : 'memory.peak') ?? 0,
      outOfMemory:
        (isFirst
          ? numberIn(this.#memory, 'memory.oom_control', 'oom_kill')
          : numberIn(this.#memory, 'memory.events', 'oom_kill')) ?? 0,
      refusedProcesses: numberIn(this.#pids, 'pids.events', 'max') ?? 0,
    };
  }
}

/** The limit that the kernel held somebody to since `before`. */
export function wentOver(
  before: GroupCounts,
  now: GroupCounts,
): Extract<LimitName, 'memory' | 'processes'> | undefined {
  if (now.outOfMemory > before.outOfMemory) return 'memory';
  return now.refusedProcesses > before.refusedProcesses ? 'processes' : undefined;
}
