import { absoluteOrNone, isInside } from '../../core/scope/spelling.ts';

/** A workspace folder as a person wrote it, with links in it, and as it really is. Both are absolute. */
export interface SpelledFolder {
  spelled: string;
  real: string;
}

/**
 * What somebody wrote, with the folder's real place where they wrote it as it was opened. People copy paths from their
 * editor or their shell, which know the folder by the link it was opened through; where the link leads later is of no
 * account, the folder is the one that was opened.
 */
export function ownSpelling(spelling: string, folders: readonly SpelledFolder[], home: string): string {
  if (!spelling.startsWith('/') && !spelling.startsWith('~')) return spelling;
  const path = absoluteOrNone(spelling, '/', home);
  const folder = path === undefined ? undefined : folders.find(({ spelled }) => isInside(spelled, path));
  return path === undefined || folder === undefined ? spelling : `${folder.real}${path.slice(folder.spelled.length)}`;
}
