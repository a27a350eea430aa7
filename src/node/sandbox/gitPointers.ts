import { dirname, resolve } from 'node:path';
import { nameOf, parentOf } from '../../core/scope/spelling.ts';
import { ToolFailure } from '../../core/outcome.ts';
import { entryAt } from './entries.ts';
import { isOfKernel, readConfigFile, readGitFile, realOf } from './gitFile.ts';

export interface Repository {
  what: 'worktree' | 'submodule';
  /** Where the configuration, objects and branches are. */
  common: string;
  /** What belongs to this work tree alone; for a submodule, the same folder. */
  own: string;
}

const MOST_POINTER = 64 * 1024;

/** The folder that a `.git` file names (read_gitfile_gently() in setup.c). Links on the way are not there in a cage. */
export function namedBy(file: string): string {
  const text = readGitFile(file, MOST_POINTER, 'refused') ?? '';
  const written = text.startsWith('gitdir: ') ? lineOf(text.slice('gitdir: '.length)) : undefined;
  if (written === undefined) throw new ToolFailure(`${file} names no folder`);
  return standing(resolve(dirname(file), written));
}

/** The text of a file that holds one path; undefined if it cannot be one. */
function lineOf(text: string): string | undefined {
  const line = text.replace(/[\r\n]+$/, '');
  return line === '' || /[\0\r\n]/.test(line) ? undefined : line;
}

function standing(path: string): string {
  if (isOfKernel(path)) throw new ToolFailure(`${path} is no place for a repository`);
  const real = realOf(path);
  if (real === undefined) throw new ToolFailure(`${path} is not there`);
  if (real !== path) throw new ToolFailure(`${path} is reached through a link`);
  return real;
}

/** The repository of a `.git` file in `root`, proven by pointing back at it. */
export function repositoryOf(root: string, gitFolder: string): Repository {
  const written = readGitFile(`${gitFolder}/commondir`, MOST_POINTER, 'refused');
  const repository: Repository =
    written === undefined
      ? { what: 'submodule', common: gitFolder, own: gitFolder }
      : { what: 'worktree', common: standing(resolve(gitFolder, lineOf(written) ?? '.')), own: gitFolder };
  const { common, what } = repository;
  for (const [name, isRight] of [
    ['HEAD', isA('file', `${common}/HEAD`)],
    ['objects', isA('folder', `${common}/objects`)],
    ['refs', isA('folder', `${common}/refs`)],
  ] as const)
    if (!isRight) throw new ToolFailure(`${common} has no ${name} of its own, so it is no whole repository`);
  const isOurs = what === 'worktree' ? isWorktreeAt(root, repository) : isSubmoduleAt(root, gitFolder);
  if (!isOurs) throw new ToolFailure(`${gitFolder} does not name ${root} in return`);
  return repository;
}

/** Since git 2.48 both paths may be relative (`worktree.useRelativePaths`). */
function isWorktreeAt(root: string, { common, own }: Repository): boolean {
  if (own !== `${common}/worktrees/${nameOf(own)}`) return false;
  const written = lineOf(readGitFile(`${own}/gitdir`, MOST_POINTER, 'refused') ?? '');
  if (written === undefined) return false;
  const back = resolve(own, written.trimEnd());
  return nameOf(back) === '.git' && realOf(parentOf(back)) === root;
}

function isSubmoduleAt(root: string, gitFolder: string): boolean {
  const above = [...gitFolder.matchAll(/\/modules(?=\/)/g)].map(({ index }) => gitFolder.slice(0, index));
  if (!above.some((folder) => isA('file', `${folder}/HEAD`))) return false;
  // With `extensions.worktreeConfig` the setting stands in the second file, which has the last word.
  const entries = [
    ...readConfigFile(`${gitFolder}/config`, 'refused'),
    ...readConfigFile(`${gitFolder}/config.worktree`, 'refused'),
  ];
  const written = entries.findLast(({ key }) => key === 'core.worktree')?.value;
  return written !== undefined && written !== '' && realOf(resolve(gitFolder, written)) === root;
}

function isA(kind: 'file' | 'folder', path: string): boolean {
  const info = entryAt(path);
  return kind === 'file' ? info?.isFile() === true : info?.isDirectory() === true;
}
