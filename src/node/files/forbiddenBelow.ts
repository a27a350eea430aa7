import { lstat } from 'node:fs/promises';
import type { Effort } from '../../core/scope/files.ts';
import type { Scope } from '../../core/scope/scope.ts';
import { Stretch } from '../sandbox/stretch.ts';
import { entriesIn } from './entriesIn.ts';
import { isMissing } from './openTree.ts';

/** The first path at or below a folder that is denied or protected, or may be: what cannot be looked up counts as one. */
export async function forbiddenBelow(
  path: string,
  scope: Scope,
  effort: Effort | undefined,
): Promise<string | undefined> {
  const isForbidden = (at: string): boolean =>
    scope.isDenied(at) || scope.isProtected(at) || scope.storeAround(at) !== undefined;
  if (isForbidden(path)) return path;
  const info = await lstat(path).catch(() => undefined);
  if (info === undefined) return path;
  const stretch = new Stretch();
  const pending = info.isDirectory() ? [path] : [];
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    let entries;
    try {
      entries = await entriesIn(folder, effort, stretch);
    } catch (error) {
      if (!isSystemError(error)) throw error; // too much, or stopped
      // Listed, and not to be found by its name (bytes that are not UTF-8, or too long): it may hold anything.
      if (isMissing(error) || error.code === 'ENAMETOOLONG') return folder;
      continue; // closed to us: it cannot be taken away with what is in it either
    }
    for (const entry of entries) {
      await stretch.rest();
      const at = `${folder}/${entry.name}`;
      if (isForbidden(at)) return at;
      if (entry.isDirectory()) pending.push(at);
      else if (entry.name.includes('\uFFFD') && (await lstat(at).catch(() => undefined)) === undefined) return at;
    }
  }
  return undefined;
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error;
}
