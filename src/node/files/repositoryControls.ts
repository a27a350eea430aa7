import { readdir } from 'node:fs/promises';
import { Forbidden } from '../../core/scope/guard.ts';
import type { Scope } from '../../core/scope/scope.ts';
import { isRepositoryShape } from '../../core/scope/repositoryShape.ts';
import { parentOf, relativeTo } from '../../core/scope/spelling.ts';
import { bytesOfPath, textOfName } from './rawPath.ts';

/** gitrepository-layout(5): what decides which programs git runs, wherever the rest of the repository comes from. */
const CONTROLS =
  /^(hooks|config|config\.worktree|commondir|modules|worktrees|rebase-merge|rebase-apply|info\/attributes|objects\/info\/alternates)(\/|$)/i;

/**
 * Throws `Forbidden` where a change at a path would turn a folder into a repository that is not called `.git`, or touch
 * what such a one runs: git takes any folder of that shape for one, and does what the configuration in it says.
 */
export async function refuseRepositoryControls(path: string, scope: Scope): Promise<void> {
  const root = scope.rootOf(path);
  if (root === undefined || path === root) return;
  for (let folder = parentOf(path); ; folder = parentOf(folder)) {
    const below = relativeTo(folder, path);
    const [first = ''] = below.split('/');
    const there = await namesIn(folder);
    const isOne = isRepositoryShape(there);
    const becomesOne = !isOne && isRepositoryShape([...there, first]);
    if (becomesOne || (isOne && CONTROLS.test(below)))
      throw new Forbidden({
        verdict: 'deny',
        rule: 'protected_paths',
        reason: becomesOne
          ? `${scope.shown(folder)} would become a git repository by this, and git would run what its configuration says`
          : `${scope.shown(folder)} is a git repository, and this decides what git runs in it`,
        origin: { layer: 'built-in' },
      });
    if (folder === root) return;
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(bytesOfPath(folder), { encoding: 'buffer' })).map(textOfName);
  } catch {
    return []; // not there yet
  }
}
