import { ToolFailure } from '../../../core/outcome.ts';
import { isInside, parentOf } from '../../../core/scope/spelling.ts';
import { entryAt } from '../entries.ts';
import { namedBy, repositoryOf, type Repository } from '../gitPointers.ts';
import { realOf, type Around } from './shape.ts';

const MOST_LEVELS = 12;

/** Whether a folder lies below one with a `.git`: then git has to be told to look for it beyond the mount. */
export function mayBePackage(root: string): boolean {
  const isThere = (at: string): boolean => isRepository(`${at}/.git`) || entryAt(`${at}/.git`)?.isFile() === true;
  return !isThere(root) && climb(parentOf(root)).some(isThere);
}

/** The top of the work tree that a folder is a part of, and its repository. */
export interface TopAbove {
  top: string;
  repository: Repository;
}

/** Whatever stands first above decides; the repository belongs to whoever the folder belongs to. */
export function topAbove(root: string, { home, uid }: Around): TopAbove | undefined {
  if (isRepository(`${root}/.git`) || entryAt(`${root}/.git`)?.isFile() === true) return undefined;
  for (const at of climb(parentOf(root))) {
    if (at === '/' || isInside(at, home)) return undefined;
    const gitFolder = `${at}/.git`;
    const info = entryAt(gitFolder);
    if (!info) continue;
    const repository = repositoryAt(at);
    if (!repository) return undefined;
    const all = [entryAt(root), entryAt(at), info, entryAt(repository.common), entryAt(repository.own)];
    const owners = all.map((entry) => Number(entry?.uid));
    if (owners.some((owner) => owner !== owners[0]) || (owners[0] !== uid && uid !== 0)) return undefined;
    return realOf(at) === at ? { top: at, repository } : undefined;
  }
  return undefined;
}

/** The repository whose work tree a folder is. One that a `.git` file names must name the folder in return. */
function repositoryAt(top: string): Repository | undefined {
  const gitFolder = `${top}/.git`;
  if (isRepository(gitFolder)) return { what: 'submodule', common: gitFolder, own: gitFolder };
  if (entryAt(gitFolder)?.isFile() !== true) return undefined;
  try {
    return repositoryOf(top, namedBy(gitFolder));
  } catch (error) {
    if (error instanceof ToolFailure) return undefined;
    throw error;
  }
}

function climb(from: string): string[] {
  const found: string[] = [];
  for (let at = from; found.length < MOST_LEVELS; at = parentOf(at)) {
    found.push(at);
    if (at === '/') break;
  }
  return found;
}

function isRepository(gitFolder: string): boolean {
  return (
    entryAt(gitFolder)?.isDirectory() === true &&
    entryAt(`${gitFolder}/HEAD`)?.isFile() === true &&
    entryAt(`${gitFolder}/objects`)?.isDirectory() === true &&
    entryAt(`${gitFolder}/refs`)?.isDirectory() === true
  );
}

/** The folders above `root`, up to the top. */
export function levelsBetween(root: string, top: string): string[] {
  return climb(parentOf(root)).filter((at) => isInside(top, at));
}
