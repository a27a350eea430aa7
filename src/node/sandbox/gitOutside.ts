import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { isInside, nameOf } from '../../core/scope/spelling.ts';
import { ToolFailure } from '../../core/outcome.ts';
import { bytesOfPath, textOfName } from '../files/rawPath.ts';
import { entryAt } from './entries.ts';
import { codeOf, isOfKernel } from './gitFile.ts';
import { namedBy, repositoryOf, type Repository } from './gitPointers.ts';
import { remarkOnAlternates, remarkOnSecrets } from './gitRemarks.ts';

export interface GitOutside {
  /** Files and folders to mount read-only; what lies beside them in the repository stays out of sight. */
  shown: string[];
  /** Sockets and their kind in a shown folder: connecting to one would work through a read-only mount. */
  hidden: string[];
  /** Sentences without a full stop, about what is shown and what is not. */
  notes: string[];
  /** The folders whose configuration this workspace's git reads: what `gitTargets` looks into. */
  gitFolders: string[];
}

interface Around {
  home: string;
  /** All workspace folders. */
  roots: readonly string[];
  /** Folders that are never shown, nor one that holds them or lies in them: Oversign's own. */
  never: readonly string[];
}

/** What git reads in a common folder for any of its work trees (gitrepository-layout(5)); never credentials, sockets, other repositories. */
const SHARED = /^(HEAD|config|packed-refs|shallow|info|objects|refs|reftable|logs)$/;
/** And what it reads for the one work tree of a submodule, beside that. */
const OWN =
  /^(config\.worktree|index|sharedindex\.[0-9a-f]+|[A-Z_]+_HEAD|MERGE_(MSG|MODE|RR)|BISECT_[A-Z_]+|rebase-(merge|apply)|sequencer)$/;

/**
 * What git needs from outside of a workspace folder whose `.git` is a file: a work tree (git-worktree(1)), or a
 * submodule that was opened by itself. The file came with the folder, maybe by download, and can name anybody's
 * repository; so it is believed only if that repository names this folder in return. `root` is a real path.
 */
export async function gitOutside(root: string, around: Around): Promise<GitOutside> {
  const found: GitOutside = { shown: [], hidden: [], notes: [], gitFolders: [] };
  const file = `${root}/.git`;
  const info = entryAt(file);
  if (info?.isDirectory()) found.notes = remarkOnAlternates(file, around.roots);
  if (!info?.isFile()) return found;
  try {
    const gitFolder = namedBy(file);
    // In a workspace folder it is there anyway, protected as every repository in one.
    if (around.roots.some((one) => isInside(one, gitFolder))) return found;
    const repository = repositoryOf(root, gitFolder);
    const { shown, hidden } = await partsOf(repository);
    assertMayBeShown(shown, around);
    const { what, common, own } = repository;
    found.shown = shown;
    found.hidden = hidden;
    found.gitFolders = [...new Set([common, own])];
    found.notes = [
      `the repository of this ${what}, ${common}, is there read-only: git can look but not commit`,
      ...remarkOnSecrets(common),
      ...remarkOnAlternates(common, around.roots),
    ];
  } catch (error) {
    if (!(error instanceof ToolFailure)) throw error;
    found.notes = [`the repository that ${file} names is not shown, and git does not work here: ${error.message}`];
  }
  return { ...found, notes: found.notes.map((note) => note.toWellFormed()) };
}

/** The parts of a repository that git reads for one work tree, and what in them is no file. */
export async function partsOf({ what, common, own }: Repository): Promise<Pick<GitOutside, 'shown' | 'hidden'>> {
  const isPart = (name: string): boolean => SHARED.test(name) || (what === 'submodule' && OWN.test(name));
  const parts = (await entriesOf(common)).filter(
    ({ entry, path }) => isPart(nameOf(path)) && (entry.isFile() || entry.isDirectory()),
  );
  const shown = parts.map(({ path }) => path);
  if (what === 'submodule') return { shown, hidden: [] };
  const isSpecial = (entry: Dirent<Buffer>): boolean =>
    !entry.isFile() && !entry.isDirectory() && !entry.isSymbolicLink();
  const hidden = (await entriesOf(own)).filter(({ entry }) => isSpecial(entry)).map(({ path }) => path);
  return { shown: [...shown, own], hidden };
}

async function entriesOf(folder: string): Promise<{ entry: Dirent<Buffer>; path: string }[]> {
  try {
    const entries = await readdir(bytesOfPath(folder), { withFileTypes: true, encoding: 'buffer' });
    return entries.map((entry) => ({ entry, path: `${folder}/${textOfName(entry.name)}` }));
  } catch (error) {
    throw new ToolFailure(`${folder} cannot be looked through (${codeOf(error)})`);
  }
}

/** Refuses what holds, or belongs to, what no command may see. */
export function assertMayBeShown(shown: readonly string[], around: Around): void {
  const bad = shown.find((path) => !mayBeShown(path, around));
  if (bad !== undefined) throw new ToolFailure(`${bad} holds or belongs to what no command may see`);
}

/** `/etc` is made up in a cage, so that nothing can be put into it. */
function mayBeShown(path: string, { home, roots, never }: Around): boolean {
  return (
    !isOfKernel(path) &&
    !isInside('/etc', path) &&
    ![home, ...roots, ...never].some((one) => isInside(path, one)) &&
    ![...roots, ...never].some((one) => isInside(one, path))
  );
}
