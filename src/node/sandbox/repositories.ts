import { isRepositoryShape } from '../../core/scope/repositoryShape.ts';
import { entriesOrNone } from './folderEntries.ts';
import { Stretch } from './stretch.ts';

/** A repository's own folder, and the folder whose files it is about (the same for a bare one). */
export interface Found {
  gitFolder: string;
  worktree: string;
}

const MOST_ENTRIES = 50_000;
/** Re-created from elsewhere, and large: nobody works with git in there. */
const PASSED_OVER = new Set(['node_modules', '.venv', 'venv', 'target', '__pycache__']);

/**
 * The repositories in a folder, nested and bare ones too. In a workspace of more than 50,000 entries those that were
 * reached, nearest first.
 */
export async function repositoriesBelow(root: string): Promise<Found[]> {
  const found: Found[] = [];
  const pending = [root];
  const stretch = new Stretch();
  let looked = 0;
  for (let folder = pending.shift(); folder !== undefined && looked < MOST_ENTRIES; folder = pending.shift()) {
    const entries = await entriesOrNone(folder, stretch);
    looked += entries.length;
    if (isRepositoryShape(entries.map(({ name }) => name))) {
      found.push({ gitFolder: folder, worktree: folder });
      continue;
    }
    for (const { path, name, kind } of entries)
      if (kind !== 'folder') continue;
      else if (name === '.git') found.push({ gitFolder: path, worktree: folder });
      else if (!PASSED_OVER.has(name)) pending.push(path);
  }
  return found;
}
