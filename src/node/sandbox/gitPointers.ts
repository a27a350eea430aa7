import { lstat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { nameOf, parentOf } from '../../core/scope/spelling.ts';
import { ToolFailure } from '../../core/tools/failure.ts';
import { bytesOfPath } from '../files/rawPath.ts';
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
export async function namedBy(file: string): Promise<string> {
  const text = (await readGitFile(file, MOST_POINTER, 'refused')) ?? '';
  const written = text.startsWith('gitdir: ') ? lineOf(text.slice('gitdir: '.length)) : undefined;
  if (written === undefined) throw new ToolFailure(`${file} names no folder`);
  return standing(resolve(dirname(file), written));
}

/** The text of a file that holds one path; undefined if it cannot be one. */
function lineOf(text: string): string | undefined {
  const line = text.replace(/[\r\n]+$/, '');
  return line === '' || /[\0\r\n]/.test(line) ? undefined : line;
}

async function standing(path: string): Promise<string> {
  if (isOfKernel(path)) throw new ToolFailure(`${path} is no place for a repository`);
  const real = await realOf(path);
  if (real === undefined) throw new ToolFailure(`${path} is not there`);
  if (real !== path) throw new ToolFailure(`${path} is reached through a link`);
  return real;
}

/** The repository of a `.git` file in `root`, proven by pointing back at it. */
export async function repositoryOf(root: string, gitFolder: string): Promise<Repository> {
  const written = await readGitFile(`${gitFolder}/commondir`, MOST_POINTER, 'refused');
  const repository: Repository =
    written === undefined
      ? { what: 'submodule', common: gitFolder, own: gitFolder }
      : { what: 'worktree', common: await standing(resolve(gitFolder, lineOf(written) ?? '.')), own: gitFolder };
  const { common, what } = repository;
  for (const [name, isRight] of [
    ['HEAD', await isA('file', `${common}/HEAD`)],
    ['objects', await isA('folder', `${common}/objects`)],
    ['refs', await isA('folder', `${common}/refs`)],
  ] as const)
    if (!isRight) throw new ToolFailure(`${common} has no ${name} of its own, so it is no whole repository`);
  const isOurs = what === 'worktree' ? await isWorktreeAt(root, repository) : await isSubmoduleAt(root, gitFolder);
  if (!isOurs) throw new ToolFailure(`${gitFolder} does not name ${root} in return`);
  return repository;
}

/** Since git 2.48 both paths may be relative (`worktree.useRelativePaths`). */
async function isWorktreeAt(root: string, { common, own }: Repository): Promise<boolean> {
  if (own !== `${common}/worktrees/${nameOf(own)}`) return false;
  const written = lineOf((await readGitFile(`${own}/gitdir`, MOST_POINTER, 'refused')) ?? '');
  if (written === undefined) return false;
  const back = resolve(own, written.trimEnd());
  return nameOf(back) === '.git' && (await realOf(parentOf(back))) === root;
}

async function isSubmoduleAt(root: string, gitFolder: string): Promise<boolean> {
  const above = [...gitFolder.matchAll(/\/modules(?=\/)/g)].map(({ index }) => gitFolder.slice(0, index));
  const isBelowRepository = await Promise.all(above.map((folder) => isA('file', `${folder}/HEAD`)));
  if (!isBelowRepository.includes(true)) return false;
  // With `extensions.worktreeConfig` the setting stands in the second file, which has the last word.
  const entries = [
    ...(await readConfigFile(`${gitFolder}/config`, 'refused')),
    ...(await readConfigFile(`${gitFolder}/config.worktree`, 'refused')),
  ];
  const written = entries.findLast(({ key }) => key === 'core.worktree')?.value;
  return written !== undefined && written !== '' && (await realOf(resolve(gitFolder, written))) === root;
}

async function isA(kind: 'file' | 'folder', path: string): Promise<boolean> {
  const info = await lstat(bytesOfPath(path)).catch(() => undefined);
  return kind === 'file' ? info?.isFile() === true : info?.isDirectory() === true;
}
