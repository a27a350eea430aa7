import { gitPointerOf } from '../../../core/checkpoint/gitPointer.ts';
import { isInside } from '../../../core/scope/spelling.ts';
import { bytesAt, pointedBy } from '../../git/pointers.ts';
import type { Tree } from './stood.ts';

/** What each index said before, without the times in it, by path below the folder. */
export type Indexes = ReadonlyMap<string, string | undefined>;

export function indexesIn(lower: string, { entries }: Tree): Indexes {
  const found = new Map<string, string | undefined>();
  for (const below of entries.keys()) if (isPointer(below, 'index')) found.set(below, digestAt(lower, below));
  return found;
}

/**
 * Whether a change under a view is one that git makes when somebody only looks: `git status`, which editors run all the
 * time, notes the times of files in the index anew, and a fetch what it found. Of a repository that the command changed
 * in its view every change counts: what is applied would go over it.
 */
export function isLookOfGit(
  below: string,
  { lower, indexes, touched }: { lower: string; indexes: Indexes; touched: readonly string[] },
): boolean {
  const path = below.endsWith('/index.lock') ? below.slice(0, -'.lock'.length) : below;
  const folder = gitPointerOf(`/${path}`)?.folder.slice(1);
  if (folder === undefined || touched.some((one) => one !== folder && isInside(folder, one))) return false;
  if (path !== below || isPointer(below, 'FETCH_HEAD')) return true;
  const before = indexes.get(below);
  return isPointer(below, 'index') && before !== undefined && before === digestAt(lower, below);
}

function isPointer(below: string, name: string): boolean {
  return below.endsWith(`/${name}`) && gitPointerOf(`/${below}`)?.name === name;
}

function digestAt(lower: string, below: string): string | undefined {
  return pointedBy('index', bytesAt(`${lower}/${below}`))?.digest;
}
