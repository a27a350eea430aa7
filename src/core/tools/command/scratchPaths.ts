import type { Meaning, NamedPath } from '../../command/meaning.ts';
import type { Scope } from '../../scope/scope.ts';
import { absoluteOrNone, isInside } from '../../scope/spelling.ts';

/** Where a sandbox has the scratch of its run, beside the home folder. */
export const SCRATCH = '/tmp';

/**
 * Why a line that names scratch does more than look: the home folder holds settings of programs, and git does what those
 * of a repository say; earlier commands may have written both.
 */
export function scratchDoubts(meaning: Pick<Meaning, 'paths' | 'programs'>, scope: Scope): string[] {
  const named = meaning.paths.filter((path) => isScratch(path, scope));
  const isGit = meaning.programs.some(([first]) => first?.text === 'git' || first?.text.endsWith('/git') === true);
  return [
    ...(named.some(({ spelling }) => spelling.startsWith('~')) ? ['it works in the home folder of this run'] : []),
    ...(named.length > 0 && isGit ? ['it uses git in scratch of this run'] : []),
  ];
}

/** What a reader of a result should know whose line names one of them. */
export function scratchWords(command: string, ok: boolean): string[] {
  if (/(?:^|[\s"'=:(<>])~(?:[/\s"')]|$)|\$\{?HOME\b/.test(command))
    return ['~ was the scratch of this run, not the home folder of the account'];
  return !ok && /(?:^|[\s"'=:(<>])\/tmp\//.test(command) ? ['/tmp was the scratch of this run'] : [];
}

/** As a line names it; what a doubt is about is written or deleted. */
export type ScratchPath = Pick<NamedPath, 'spelling' | 'isPattern'> & Partial<Pick<NamedPath, 'access'>>;

/**
 * Whether a path, as a line spells it, stands in the scratch that a run's commands have to themselves, whatever there is
 * at that path outside: `/tmp/x`, `~/x`. Not what a rule denies, what is usually a secret, or the person's own settings
 * (`~/.x`), however little of that is in there: whoever names it means it.
 */
export function isScratch({ spelling, isPattern, access }: ScratchPath, scope: Scope): boolean {
  const isHome = spelling === '~' || spelling.startsWith('~/');
  if (!isHome && spelling !== SCRATCH && !spelling.startsWith(`${SCRATCH}/`)) return false;
  if (/(?:^|\/)\.\.(?:\/|$)/.test(spelling) || (isHome && /^~\/+\./.test(spelling))) return false;
  const path = absoluteOrNone(spelling, '/', scope.home);
  if (path === undefined) return false;
  const top = isHome ? scope.home : SCRATCH;
  if (path === top && access !== 'list') return false;
  // The workspace is there as it is, wherever it lies.
  const roots = scope.roots.filter((root) => isInside(top, root));
  if (roots.some((root) => isPattern || isInside(root, path) || (access !== 'list' && isInside(path, root))))
    return false;
  return !scope.isDenied(path) && !scope.isSecret(path);
}
