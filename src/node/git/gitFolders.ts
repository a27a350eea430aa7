import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** So many folders of repositories below one are looked into; a repository with more is not covered. */
const MOST = 200;
const DEEPEST = 6;

/** A folder that holds where a repository, or a work tree of it, stands. */
export interface GitFolder {
  path: string;
  /** A work tree's own part: branches stand in the repository's folder. */
  isWorktree: boolean;
}

/** What of a repository is followed, and why the rest is not. */
interface GitFolders {
  folders: GitFolder[];
  /** Paths that are not covered, as people are told. */
  leftOut: string[];
}

/** Those of a `.git` folder, with its work trees and submodules. No link is followed. */
export function gitFoldersIn(dotGit: string): GitFolders {
  const found: GitFolders = { folders: [], leftOut: [] };
  collect(dotGit, found, 0);
  return found.folders.length > MOST ? { folders: [], leftOut: [dotGit] } : found;
}

function collect(path: string, found: GitFolders, depth: number): void {
  if (found.folders.length > MOST || depth > DEEPEST) return;
  if (isFolder(join(path, 'objects'))) {
    if (keepsOtherwise(path)) {
      found.leftOut.push(path);
      return;
    }
    found.folders.push({ path, isWorktree: false });
    for (const name of namesIn(join(path, 'worktrees'))) {
      const own = join(path, 'worktrees', name);
      if (isFolder(own)) found.folders.push({ path: own, isWorktree: true });
    }
    collect(join(path, 'modules'), found, depth + 1);
  } else if (depth > 0)
    // A module's name may have slashes in it.
    for (const name of namesIn(path)) if (isFolder(join(path, name))) collect(join(path, name), found, depth + 1);
}

/** References in tables (git-config(1), `extensions.refStorage`): nothing here can read or move those. */
function keepsOtherwise(path: string): boolean {
  try {
    if (isFolder(join(path, 'reftable'))) return true;
    return /^\s*refstorage\s*=\s*(?!"?files"?\s*$)/im.test(readFileSync(join(path, 'config'), 'utf8'));
  } catch {
    return false; // without a configuration it keeps them in files
  }
}

function isFolder(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  } catch {
    return false;
  }
}

function namesIn(path: string): string[] {
  try {
    return isFolder(path) ? readdirSync(path).sort() : [];
  } catch {
    return [];
  }
}
