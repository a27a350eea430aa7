import { commitsIn, gitMoves, type GitMove } from '../../command/gitMoves.ts';
import type { Doubt, Meaning } from '../../command/meaning.ts';
import { ToolFailure } from '../../outcome.ts';
import { Forbidden } from '../../scope/guard.ts';
import { absoluteOrNone, isInside, parentOf } from '../../scope/spelling.ts';
import type { RepositoryView } from './history.ts';

const MOST_NAMED = 3;

/**
 * Refuses a checkout, a stash or their kind that would meet files which commands cannot change: git would stop at the
 * first of them, with the others changed already.
 */
export async function refuseHalfDone(meaning: Meaning, cwd: string, view: RepositoryView): Promise<void> {
  for (const move of gitMoves(meaning)) {
    const held = await heldIn(move, cwd, view);
    const [first] = held;
    if (first === undefined) continue;
    const names = held.slice(0, MOST_NAMED).map((path) => view.scope.shown(path));
    const more = held.length > MOST_NAMED ? ` and ${held.length - MOST_NAMED} more` : '';
    const way = move.words.startsWith('git stash')
      ? `Leave it out: git stash push -- . ":(exclude)${view.scope.shown(first)}"`
      : 'The person can do it in a terminal of their own';
    throw new ToolFailure(
      `${move.words} would change ${names.join(', ')}${more}, which commands cannot change, and git would stop half way. ${way}`,
    );
  }
}

/** The paths that a step would change and that the cage holds. */
async function heldIn(move: GitMove, cwd: string, view: RepositoryView): Promise<string[]> {
  const { scope, versionControl } = view;
  const top = await topAround(absoluteOrNone(move.folder, cwd, scope.home), view);
  if (top === undefined) return [];
  const names = (await versionControl.changedBetween(top, move.between)) ?? [];
  return names
    .map((name) => `${top}/${name}`)
    .filter((path) => scope.isProtected(path) || (!move.isOfFiles && scope.isHidden(path)));
}

/** The nearest folder of the workspace that holds a repository. */
async function topAround(start: string | undefined, { scope, files }: RepositoryView): Promise<string | undefined> {
  const root = start === undefined ? undefined : scope.rootOf(start);
  if (start === undefined || root === undefined) return undefined;
  for (let at = start; isInside(root, at); at = parentOf(at)) {
    try {
      if ((await files.look(`${at}/.git`, '/', 'itself')).kind !== 'absent') return at;
    } catch (error) {
      if (error instanceof ToolFailure || error instanceof Forbidden) return undefined;
      throw error;
    }
  }
  return undefined;
}

/** What is said of commits where the person's are signed: no key of theirs is in a cage. */
export async function unsignedCommits(meaning: Meaning, cwd: string, view: RepositoryView): Promise<Doubt[]> {
  const commits = commitsIn(meaning);
  if (commits.length === 0 || !(await view.versionControl.signsCommits(cwd))) return [];
  return commits.map((program) => ({
    why: 'your commits are signed, and no key is in the sandbox: this one stays unsigned. Sign it afterwards (git commit --amend -S), or commit yourself',
    program,
  }));
}
