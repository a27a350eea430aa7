import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Limits } from '../../../core/sandbox/port.ts';
import { groupName, killAll, moveIn, numberIn, removeGroup, removeLeftOvers } from './files.ts';
import type { ControlGroup, ControlGroups, GroupUse } from './port.ts';
import type { Hierarchy } from './where.ts';

/** What started the cage and its init process are in the group too. */
const ITS_OWN = 2;

/**
 * Control groups of version 1 (Documentation/admin-guide/cgroup-v1 of the kernel): for root, in groups below the own
 * one, so that its limits hold as well. Undefined where the controllers are not there or not writable.
 */
export function version1(found: readonly Hierarchy[]): ControlGroups | undefined {
  const parentOf = (controller: string): string | undefined =>
    found.find(({ version, controllers }) => version === 1 && controllers.includes(controller))?.own;
  const memory = parentOf('memory');
  const pids = parentOf('pids');
  // Every further hierarchy costs a move; processor time can be had without one (processTree.ts).
  if (memory === undefined || pids === undefined) return undefined;
  const parents = [...new Set([memory, pids])];
  const groups: ControlGroups = {
    name: 'cgroup v1',
    open(limits) {
      const name = groupName();
      const folders = parents.map((parent) => join(parent, name));
      try {
        for (const folder of folders) mkdirSync(folder);
        limitTo(join(memory, name), join(pids, name), limits);
      } catch (error) {
        for (const folder of folders) void removeGroup(folder);
        throw error;
      }
      return groupIn({ memory: join(memory, name), pids: join(pids, name), folders });
    },
  };
  for (const parent of parents) removeLeftOvers(parent);
  return groups;
}

function limitTo(memory: string, pids: string, limits: Limits): void {
  const bytes = String(limits.memoryBytes);
  writeFileSync(join(memory, 'memory.limit_in_bytes'), bytes);
  // Where the kernel counts swap; without it a cage could go on in swap.
  if (numberIn(memory, 'memory.memsw.limit_in_bytes') !== undefined)
    writeFileSync(join(memory, 'memory.memsw.limit_in_bytes'), bytes);
  writeFileSync(join(pids, 'pids.max'), String(limits.processes + ITS_OWN));
}

function groupIn(at: { memory: string; pids: string; folders: readonly string[] }): ControlGroup {
  return {
    prefix: [],
    environment: {},
    async admit(pid) {
      for (const folder of at.folders) await moveIn(folder, pid);
    },
    confirm: () => undefined,
    use(): GroupUse {
      const isOver = (count: number | undefined): boolean => count !== undefined && count > 0;
      return {
        cpuSeconds: 0,
        peakMemoryBytes: numberIn(at.memory, 'memory.max_usage_in_bytes'),
        over: isOver(numberIn(at.memory, 'memory.oom_control', 'oom_kill'))
          ? 'memory'
          : isOver(numberIn(at.pids, 'pids.events', 'max'))
            ? 'processes'
            : undefined,
      };
    },
    kill() {
      killAll(at.pids);
    },
    async close() {
      for (const folder of at.folders) await removeGroup(folder);
    },
  };
}
