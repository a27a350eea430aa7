import { isSameStand, standOf } from '../../core/checkpoint/changes.ts';
import { gitPointerOf } from '../../core/checkpoint/gitPointer.ts';
import { isInside } from '../../core/scope/spelling.ts';
import type { ChangedPath, Stand } from '../../shared/change.ts';
import { preImageAt } from '../files/preImage.ts';
import { imageOf } from '../git/pointing.ts';
import type { Kept } from './manifest.ts';

/** What of what was kept stands otherwise now: of a tool whose process was gone before it could say what it had changed. */
export async function changedSince(kept: readonly Kept[]): Promise<ChangedPath[]> {
  const changed: ChangedPath[] = [];
  for (const one of kept) {
    // What lies in a folder that was kept comes with it.
    if (kept.some((other) => other !== one && other.kind === 'directory' && isInside(other.path, one.path))) continue;
    const pointer = gitPointerOf(one.path);
    const now = pointer ? imageOf(one.path, pointer) : await preImageAt(one.path, one.path).catch(() => undefined);
    const before = keptStand(one);
    const after = now && standOf(now);
    if (after && isSameStand(before, after)) continue;
    changed.push({ path: one.path, before, ...(after && { after }) });
  }
  return changed;
}

function keptStand({ kind, blob, stands = blob, size }: Kept): Stand {
  return { kind, ...(stands !== undefined && { digest: stands }), ...(size !== undefined && { size }) };
}
