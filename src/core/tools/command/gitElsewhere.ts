import { gitWrites, type GitWrite } from '../../command/gitMoves.ts';
import type { Meaning } from '../../command/meaning.ts';
import { ToolFailure } from '../../outcome.ts';
import { Forbidden } from '../../scope/guard.ts';
import { absoluteOrNone, isInside, parentOf } from '../../scope/spelling.ts';
import type { RepositoryView } from './history.ts';

/** `lookedAt`: workspace folders whose repository lies outside, where commands can only look at it. */
type View = Pick<RepositoryView, 'files' | 'scope'> & { lookedAt: readonly string[] };

/**
 * Refuses what writes in a repository that commands can only look at: one that lies outside of the workspace, and that
 * of a work tree or a submodule inside, which is kept in another one's `.git`. Git would fail, and the person would have
 * been asked for nothing.
 */
export async function refuseWithoutRepository(meaning: Meaning, cwd: string, view: View): Promise<void> {
  for (const write of gitWrites(meaning)) {
    const why = await whyReadOnly(write, cwd, view);
    if (why !== undefined)
      throw new ToolFailure(
        `${write.words} would fail: ${why}. Git can look there (status, diff, log); the person can do this in a terminal of their own`,
      );
  }
}

async function whyReadOnly({ folder }: GitWrite, cwd: string, view: View): Promise<string | undefined> {
  const { scope, files, lookedAt } = view;
  const start = absoluteOrNone(folder, cwd, scope.home);
  const root = start === undefined ? undefined : scope.rootOf(start);
  if (start === undefined || root === undefined) return undefined;
  for (let at = start; isInside(root, at); at = parentOf(at)) {
    try {
      const { kind } = await files.look(`${at}/.git`, '/', 'itself');
      if (kind === 'file')
        return `the repository of ${at === root ? 'this folder' : scope.shown(at)} is kept elsewhere, and is read-only for commands`;
      if (kind !== 'absent') return undefined;
    } catch (error) {
      if (error instanceof ToolFailure || error instanceof Forbidden) return undefined;
      throw error;
    }
  }
  return lookedAt.includes(root) ? 'the repository lies above the workspace, and is read-only for commands' : undefined;
}
