import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A mounted hierarchy of control groups and this process's own group in it, as a folder. */
export interface Hierarchy {
  version: 1 | 2;
  /** The controllers of a hierarchy of version 1; none for version 2. */
  controllers: readonly string[];
  own: string;
}

/** /proc/self/mountinfo and /proc/self/cgroup (proc(5)), read together. */
export function hierarchies(mountinfo: string, cgroup: string): Hierarchy[] {
  const groups = cgroup
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [, controllers = '', ...path] = line.split(':');
      return { controllers: controllers.split(','), path: path.join(':') };
    });
  return mountinfo.split('\n').flatMap((line): Hierarchy[] => {
    const [before = '', after = ''] = line.split(' - ');
    const [, , , root = '/', mounted = ''] = before.split(' ');
    const [kind, , options = ''] = after.split(' ');
    const place = mounted.replaceAll(/\\(\d{3})/g, (_, octal: string) =>
      String.fromCharCode(Number.parseInt(octal, 8)),
    );
    if (kind === 'cgroup2') {
      const group = groups.find(({ controllers }) => controllers.length === 1 && controllers[0] === '');
      return group ? [{ version: 2, controllers: [], own: inside(place, root, group.path) }] : [];
    }
    if (kind !== 'cgroup') return [];
    const names = options.split(',');
    const group = groups.find(({ controllers }) => controllers.every((name) => name !== '' && names.includes(name)));
    return group ? [{ version: 1, controllers: group.controllers, own: inside(place, root, group.path) }] : [];
  });
}

/** In a container the mount shows only a part of the hierarchy, while the group is named from its top. */
function inside(place: string, root: string, path: string): string {
  return join(
    place,
    root === '/' ? path : path === root || path.startsWith(`${root}/`) ? path.slice(root.length) : '/',
  );
}

export function ownHierarchies(): Hierarchy[] {
  try {
    return hierarchies(readFileSync('/proc/self/mountinfo', 'utf8'), readFileSync('/proc/self/cgroup', 'utf8'));
  } catch {
    return [];
  }
}
