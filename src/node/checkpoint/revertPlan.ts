import { isSameStand } from '../../core/checkpoint/changes.ts';
import type { RevertPlan, RevertStep, Undo } from '../../core/checkpoint/port.ts';
import { isInside } from '../../core/scope/spelling.ts';
import type { ChangedPath } from '../../shared/change.ts';
import type { Kept } from './manifest.ts';

/** How what an action changed is reverted, with what was kept of it. Nothing is looked at on disk. */
export function revertPlan(changed: readonly ChangedPath[], kept: readonly Kept[]): RevertPlan {
  const steps: RevertStep[] = [];
  const leftOut: string[] = [];
  const movedFrom = new Map(changed.flatMap((one) => (one.from === undefined ? [] : [[one.from, one] as const])));
  // First what was moved: its place is free for what stood there before.
  for (const [to, { path }] of movedFrom) steps.push({ do: 'move back', path, to });
  for (const { path, before, after, from } of changed) {
    const moved = movedFrom.get(path);
    if (moved?.after && isSameStand(moved.after, before)) continue;
    if (before.kind !== 'absent') {
      putBack(path, kept, { steps, leftOut });
      if (after?.kind === 'absent') leftOut.push(...permissionsLost(path, kept));
    }
    if (before.kind === 'absent' && from === undefined) steps.push({ do: 'remove', path });
  }
  return { undo: undoOf(steps, leftOut), steps };
}

/** All files that were kept at and below a path. Links, empty folders and permissions cannot be made through tools. */
function putBack(path: string, kept: readonly Kept[], into: { steps: RevertStep[]; leftOut: string[] }): void {
  const own = kept.filter((one) => isInside(path, one.path));
  if (own.length === 0) into.leftOut.push(path);
  for (const one of own)
    if (one.kind === 'file') into.steps.push({ do: 'put back', path: one.path });
    else if (one.kind !== 'directory' || !own.some((below) => isBelow(one.path, below.path)))
      into.leftOut.push(one.path);
}

/** What is made anew can be run by nobody. */
function permissionsLost(path: string, kept: readonly Kept[]): string[] {
  return kept
    .filter((one) => isInside(path, one.path) && one.kind === 'file' && ((one.mode ?? 0) & 0o111) !== 0)
    .map((one) => `the permissions of ${one.path}`);
}

function isBelow(folder: string, path: string): boolean {
  return path !== folder && isInside(folder, path);
}

function undoOf(steps: readonly RevertStep[], leftOut: readonly string[]): Undo {
  if (leftOut.length > 0) return steps.length === 0 ? { kind: 'none', why: 'not kept' } : { kind: 'partly', leftOut };
  return steps.length === 0 ? { kind: 'nothing' } : { kind: 'whole' };
}
