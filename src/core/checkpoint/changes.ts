import type { PreImage } from '../../shared/action.ts';
import type { ChangedPath, Stand } from '../../shared/change.ts';

/** What a look at a path saw, as it is recorded: a digest that says which file it is, and not what is in it, says nothing later. */
export function standOf({ kind, digest, size }: PreImage): Stand {
  return {
    kind,
    ...(digest !== undefined && /^[0-9a-f]{64}$/.test(digest) && { digest }),
    ...(size !== undefined && { size }),
  };
}

type Standing = Pick<PreImage, 'kind' | 'digest'>;

/** Whether nothing else stands there. Without a digest nothing is known to be the same, save absence. */
export function isSameStand(a: Standing, b: Standing): boolean {
  if (a.kind !== b.kind) return false;
  return a.kind === 'absent' || (a.digest !== undefined && a.digest === b.digest);
}

/** Changes one after the other as one for each path: what stood there before the first, and after the last. */
export function merged<C extends ChangedPath>(changes: readonly C[]): C[] {
  const byPath = new Map<string, C>();
  for (const change of changes) {
    const first = byPath.get(change.path);
    byPath.set(change.path, first ? { ...change, before: first.before, ...fromOf(first, change) } : change);
  }
  return [...byPath.values()];
}

/** What was moved there and changed since was moved there; what went again was not. */
function fromOf(first: ChangedPath, later: ChangedPath): { from?: string } {
  const from = later.after?.kind === 'absent' ? undefined : (later.from ?? first.from);
  return from === undefined ? {} : { from };
}
