import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What stands at the top of a repository, whichever program keeps it. */
const TOPS = ['.git', '.hg', '.jj', '.svn'];

/**
 * The folders above a workspace folder up to the top of the repository that it lies in, the topmost first; none where it
 * is the top itself, or lies in no repository.
 */
export function foldersAbove(root: string): string[] {
  const isTop = (folder: string): boolean => TOPS.some((name) => existsSync(join(folder, name)));
  const above: string[] = [];
  for (let at = root; !isTop(at); at = dirname(at)) {
    if (at === dirname(at)) return [];
    above.unshift(dirname(at));
  }
  return above;
}
