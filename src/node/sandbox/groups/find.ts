import type { ControlGroups } from './port.ts';
import { systemdScope } from './systemdScope.ts';
import { version1 } from './version1.ts';
import { version2 } from './version2.ts';
import { ownHierarchies } from './where.ts';

/**
 * The ways to control groups on this machine, the best first. Where systemd runs, it is the one who divides them
 * (systemd's CGROUP_DELEGATION: a single writer), so nothing is made behind its back.
 */
export function controlGroups(uid: number): ControlGroups[] {
  const found = ownHierarchies();
  const scope = systemdScope(found, uid);
  if (scope) return [scope].filter(canOpen);
  if (uid !== 0) return [version2(found)].filter((one) => one !== undefined).filter(canOpen);
  return [version2(found), version1(found)].filter((one) => one !== undefined).filter(canOpen);
}

function canOpen(groups: ControlGroups): boolean {
  try {
    void groups.open({ memoryBytes: 1 << 30, cpuSeconds: 1, diskBytes: 1, processes: 10 }).close();
    return true;
  } catch {
    return false;
  }
}
