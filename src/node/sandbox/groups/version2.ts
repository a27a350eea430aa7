import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Limits } from '../../../core/sandbox/port.ts';
import { groupName, killAll, moveIn, numberIn, removeGroup, removeLeftOvers } from './files.ts';
import type { ControlGroup, ControlGroups, GroupUse } from './port.ts';
import type { Hierarchy } from './where.ts';

const NEEDED = ['memory', 'pids'];
/** What started the cage and its init process are in the group too. */
const ITS_OWN = 2;

/**
 * Control groups of version 2 (cgroups(7)) below a group that is this process's to divide: the root group, or one
 * that was delegated to it and holds no processes itself. Undefined where there is none with both controllers.
 */
export function version2(found: readonly Hierarchy[]): ControlGroups | undefined {
  const parent = found.find(({ version }) => version === 2)?.own;
  if (parent === undefined) return undefined;
  removeLeftOvers(parent);
  if (!canDivide(parent)) return undefined;
  return {
    name: 'cgroup v2',
    open(limits) {
      const folder = join(parent, groupName());
      mkdirSync(folder);
      try {
        limitTo(folder, limits, ITS_OWN);
      } catch (error) {
        void removeGroup(folder);
        throw error;
      }
      const group: ControlGroup = {
        prefix: [],
        environment: {},
        admit: (pid) => moveIn(folder, pid),
        confirm: () => undefined,
        use: () => useOf(folder),
        kill() {
          killAll(folder);
        },
        close: () => removeGroup(folder),
      };
      return group;
    },
  };
}

/** Whether a group made below this one has the controllers; they are passed down where that is possible. */
function canDivide(parent: string): boolean {
  const trial = join(parent, groupName());
  try {
    mkdirSync(trial);
  } catch {
    return false;
  }
  try {
    const has = (): boolean =>
      NEEDED.every((name) =>
        readFileSync(join(trial, 'cgroup.controllers'), 'latin1').trim().split(' ').includes(name),
      );
    if (has()) return true;
    // A group that is not the root one cannot pass controllers down while it holds processes (EBUSY).
    writeFileSync(join(parent, 'cgroup.subtree_control'), NEEDED.map((name) => `+${name}`).join(' '));
    return has();
  } catch {
    return false;
  } finally {
    rmdirSync(trial);
  }
}

export function limitTo(folder: string, limits: Limits, ofItsOwn: number): void {
  writeFileSync(join(folder, 'memory.max'), String(limits.memoryBytes));
  if (existsSync(join(folder, 'memory.swap.max'))) writeFileSync(join(folder, 'memory.swap.max'), '0');
  if (existsSync(join(folder, 'memory.oom.group'))) writeFileSync(join(folder, 'memory.oom.group'), '1');
  writeFileSync(join(folder, 'pids.max'), String(limits.processes + ofItsOwn));
}

export function useOf(folder: string): GroupUse {
  const isOver = (count: number | undefined): boolean => count !== undefined && count > 0;
  return {
    cpuSeconds: (numberIn(folder, 'cpu.stat', 'usage_usec') ?? 0) / 1e6,
    peakMemoryBytes: numberIn(folder, 'memory.peak'),
    over: isOver(numberIn(folder, 'memory.events', 'oom_kill'))
      ? 'memory'
      : isOver(numberIn(folder, 'pids.events', 'max'))
        ? 'processes'
        : undefined,
  };
}
