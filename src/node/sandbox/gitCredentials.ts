import { credentialsIn } from '../../core/redaction/credentialsInText.ts';
import { parentOf } from '../../core/scope/spelling.ts';
import { entryAt } from './entries.ts';
import { readGitFile } from './gitFile.ts';
import { repositoriesBelow } from './repositories.ts';

const MOST_BYTES = 1024 * 1024;
/** Not what comes with a clone: whoever wrote it would say what is masked. */
const FILES = ['config', 'config.worktree'];

/**
 * Tokens in addresses and headers of the configuration that commands in the workspace can read. What a line leaves of
 * such an address (`cut`, `grep -o`) says no more that it is one: so they are known by their value.
 */
export async function gitCredentials(roots: readonly string[]): Promise<string[]> {
  const folders = new Set<string>();
  for (const root of roots) {
    for (const { gitFolder } of await repositoriesBelow(root)) folders.add(gitFolder);
    for (let at = root; at !== '/'; at = parentOf(at))
      if (entryAt(`${at}/.git`)?.isDirectory()) folders.add(`${at}/.git`);
  }
  return [...folders].flatMap((folder) => FILES.flatMap((name) => credentialsIn(textOf(`${folder}/${name}`))));
}

function textOf(file: string): string {
  try {
    return readGitFile(file, MOST_BYTES, 'followed') ?? '';
  } catch {
    return ''; // too large, or closed to commands as well
  }
}
