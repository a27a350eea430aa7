import { readFileSync } from 'node:fs';
import type { ContainerMount } from '../../../core/sandbox/container.ts';
import { isInside } from '../../../core/scope/spelling.ts';

/**
 * What is mounted in a folder does not come along read-only, so that it does not come along at all; here it is added,
 * each by itself. `mountinfo`: the text of /proc/self/mountinfo (proc(5)).
 */
export function withSubmounts(
  mounts: readonly ContainerMount[],
  mountinfo = readFileSync('/proc/self/mountinfo', 'utf8'),
): ContainerMount[] {
  const points = mountinfo.split('\n').flatMap((line) => {
    const [, , , , place] = line.split(' ');
    return place === undefined
      ? []
      : [place.replaceAll(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))];
  });
  const added = mounts.flatMap((mount) => {
    if (mount.kind !== 'bind' || mount.access !== 'read-only') return [];
    const inside = points.filter((point) => point !== mount.source && isInside(mount.source, point));
    return inside.map((source): ContainerMount => ({
      kind: 'bind',
      access: 'read-only',
      source,
      path: mount.path + source.slice(mount.source.length),
    }));
  });
  const isCovered = ({ path }: ContainerMount): boolean =>
    mounts.some((other) => isInside(other.path, path) && (other.kind !== 'bind' || other.path === path));
  return [...mounts, ...new Map(added.filter((one) => !isCovered(one)).map((one) => [one.path, one])).values()];
}
