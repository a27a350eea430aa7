import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { isInside, nameOf, parentOf } from '../../core/scope/spelling.ts';
import { bytesOfPath, textOfName } from '../files/rawPath.ts';
import { entryAt } from './entries.ts';
import { isPlainConfig } from './plainConfig.ts';
import { readGitFile } from './gitFile.ts';
import { tried } from './standIn.ts';

const MOST_ENTRIES = 20_000;
const MOST_POINTER = 4096;

/** What git itself puts into a repository's folder that nothing makes it run (gitrepository-layout(5)). */
const DATA = ['HEAD', 'ORIG_HEAD', 'FETCH_HEAD', 'COMMIT_EDITMSG', 'index', 'logs', 'refs', 'packed-refs', 'shallow'];
const OF_REPOSITORY = new Set([...DATA, 'config', 'description', 'branches', 'hooks', 'info', 'objects', 'modules']);
const OF_WORKTREE = new Set([...DATA, 'gitdir', 'commondir', 'locked']);
const IN_INFO = new Set(['exclude']);
const IN_OBJECTS_INFO = new Set(['packs', 'commit-graph', 'commit-graphs']);

/**
 * Whether what appeared is a part of a repository as git makes it, whole, and such that no git command runs anything
 * for it: then it does no harm, whoever made it. A clone, a work tree and a submodule that somebody adds while a command
 * works are these.
 */
export function isPlainPart(path: string, roots: readonly string[]): boolean {
  try {
    return isPlain(path, roots);
  } catch {
    return false; // it cannot be read as git reads it
  }
}

function isPlain(path: string, roots: readonly string[]): boolean {
  const info = entryAt(path);
  const name = nameOf(path);
  if (info?.isFile() && name === '.git') return isPlainPointer(path, roots);
  if (info?.isFile() && name === 'HEAD') return isPlainRepository(parentOf(path));
  if (!info?.isDirectory()) return false;
  if (name === '.git') return isPlainRepository(path);
  if (name === 'worktrees') return entriesIn(path).every((one) => isPlainWorktree(`${path}/${one}`));
  return name === 'modules' && isPlainFolderOfModules(path);
}

/** Nothing but what belongs there: in a bare one that holds other files too, those may be anything. */
function isPlainRepository(folder: string, of: 'itself' | 'submodule' = 'itself'): boolean {
  const names = entriesIn(folder);
  return (
    ['HEAD', 'objects', 'refs', 'config'].every((name) => names.includes(name)) &&
    names.every((name) => OF_REPOSITORY.has(name)) &&
    isPlainConfig(
      `${folder}/config`,
      of === 'submodule' ? (worktree) => pointsTo(resolve(folder, worktree), folder) : undefined,
    ) &&
    entriesIn(`${folder}/hooks`).every((name) => name.endsWith('.sample')) &&
    entriesIn(`${folder}/info`).every((name) => IN_INFO.has(name)) &&
    entriesIn(`${folder}/objects/info`).every((name) => IN_OBJECTS_INFO.has(name)) &&
    (!names.includes('modules') || isPlainFolderOfModules(`${folder}/modules`)) &&
    isOfFilesAlone(folder)
  );
}

function isPlainWorktree(folder: string): boolean {
  const names = entriesIn(folder);
  return (
    ['HEAD', 'gitdir', 'commondir'].every((name) => names.includes(name)) &&
    names.every((name) => OF_WORKTREE.has(name)) &&
    readGitFile(`${folder}/commondir`, MOST_POINTER, 'refused') === '../..\n' &&
    isOfFilesAlone(folder)
  );
}

/** Names of submodules may hold slashes. */
function isPlainFolderOfModules(folder: string): boolean {
  const names = entriesIn(folder);
  return (
    names.length > 0 &&
    names.every((name) => {
      const path = `${folder}/${name}`;
      if (entryAt(path)?.isDirectory() !== true) return false;
      return entryAt(`${path}/HEAD`) ? isPlainRepository(path, 'submodule') : isPlainFolderOfModules(path);
    })
  );
}

/** What a `.git` file names: a part of a repository in the workspace, as plain. */
function isPlainPointer(path: string, roots: readonly string[]): boolean {
  const target = targetOf(path);
  if (target === undefined || !roots.some((root) => isInside(root, target))) return false;
  const kind = /\/\.git\/(worktrees|modules)\/(?!.*\/\.\.?(?:\/|$))/.exec(target)?.[1];
  return kind === 'worktrees' ? isPlainWorktree(target) : kind === 'modules' && isPlainRepository(target, 'submodule');
}

function targetOf(pointer: string): string | undefined {
  const named = /^gitdir: ([^\n]+)\n?$/.exec(readGitFile(pointer, MOST_POINTER, 'refused') ?? '')?.[1];
  return named === undefined ? undefined : resolve(parentOf(pointer), named);
}

/** Whether a work tree is that of a repository's folder elsewhere: both name each other. */
function pointsTo(worktree: string, folder: string): boolean {
  return targetOf(`${worktree}/.git`) === folder;
}

function entriesIn(folder: string): string[] {
  return tried(() => readdirSync(bytesOfPath(folder), { encoding: 'buffer' }).map(textOfName)) ?? [];
}

/** No link leads elsewhere from it, and nothing in it waits to be opened. */
function isOfFilesAlone(folder: string): boolean {
  const pending = [folder];
  let looked = 0;
  for (let at = pending.pop(); at !== undefined; at = pending.pop())
    for (const entry of readdirSync(bytesOfPath(at), { withFileTypes: true, encoding: 'buffer' })) {
      if ((looked += 1) > MOST_ENTRIES) return false;
      if (entry.isDirectory()) pending.push(`${at}/${textOfName(entry.name)}`);
      else if (!entry.isFile()) return false;
    }
  return true;
}
