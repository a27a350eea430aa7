import { globMatcher, isGlob } from '../../core/scope/glob.ts';
import { parentOf } from '../../core/scope/spelling.ts';
import type { Effort } from '../../core/scope/files.ts';
import type { Scope } from '../../core/scope/scope.ts';
import { Stretch } from '../sandbox/stretch.ts';
import { entriesIn } from './entriesIn.ts';
import { openFolderAt } from './openTree.ts';

const MOST = 500;

/**
 * The paths below a folder that a glob of bash fits, denied ones too; nothing is looked up inside a hidden folder, and
 * links are not followed. `*` does not stand for a leading dot. At most 500.
 */
export async function expandGlob(
  start: string,
  pattern: string,
  scope: Scope,
  effort: Effort | undefined,
): Promise<string[]> {
  const stretch = new Stretch();
  let found = [start];
  let isWild = false;
  for (const segment of pattern.split('/')) {
    if (segment === '' || segment === '.') continue;
    if (segment === '..') {
      found = [...new Set(found.map(parentOf))];
      continue;
    }
    if (!isGlob(segment) && !isWild) {
      found = found.map((path) => `${path}/${segment}`);
      continue;
    }
    isWild = true;
    if (!isGlob(segment)) {
      const exists = async (folder: string): Promise<boolean> =>
        scope.isHidden(folder) || (await namesIn(folder, scope, effort)).includes(segment);
      const kept: string[] = [];
      for (const folder of found) if (await exists(folder)) kept.push(`${folder}/${segment}`);
      found = kept;
      continue;
    }
    // Some file systems take another case for the same name.
    const [exact, loose] = [globMatcher(segment), globMatcher(segment.toLowerCase())];
    const fits = (name: string): boolean => exact(name) || loose(name.toLowerCase());
    const next: string[] = [];
    for (const folder of found) {
      if (scope.isHidden(folder)) {
        next.push(`${folder}/${segment}`); // whatever it is, it is hidden
        continue;
      }
      for (const name of await namesIn(folder, scope, effort)) {
        if (next.length >= MOST) return next;
        await stretch.rest();
        if (fits(name) && (!name.startsWith('.') || segment.startsWith('.'))) next.push(`${folder}/${name}`);
      }
    }
    found = next;
  }
  return found;
}

/** The names in a folder; none where it is hidden, lies outside, or is no folder. */
export async function namesIn(path: string, scope: Scope, effort: Effort | undefined): Promise<string[]> {
  const root = scope.rootOf(path);
  if (root === undefined || scope.isHidden(path)) return [];
  try {
    const folder = await openFolderAt(root, path);
    try {
      return (await entriesIn(folder.at(), effort, new Stretch())).map(({ name }) => name);
    } finally {
      folder.close();
    }
  } catch (error) {
    effort?.check(); // too much, or stopped
    if (!(error instanceof Error)) throw error;
    return []; // no folder, or not to be read: nothing fits
  }
}
