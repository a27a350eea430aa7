import { Failure } from '../outcome.ts';
/** A path string that cannot be taken as one, with the sentence that says why. */
export class BadPath extends Failure {
  override name = 'BadPath';
}

const MAX_PATH = 4096; // PATH_MAX of Linux (limits.h)
const MAX_SEGMENT = 255; // NAME_MAX

/**
 * The absolute, lexically normal form of what somebody wrote: `~` is the home folder, anything relative starts
 * at `base`, `.` and `..` and doubled or trailing slashes are gone. Links are not looked at here: the files
 * adapter walks the result without following any, so `a/link/../b` means `a/b`, whatever `link` is.
 */
export function absolutePath(spelling: string, base: string, home: string): string {
  if (spelling === '') throw new BadPath('the path is empty');
  if (spelling.includes('\0')) throw new BadPath('the path contains a NUL byte');
  if (/[\uD800-\uDFFF]/u.test(spelling)) throw new BadPath('the path is not valid Unicode');
  const expanded = spelling === '~' || spelling.startsWith('~/') ? home + spelling.slice(1) : spelling;
  const joined = expanded.startsWith('/') ? expanded : `${base}/${expanded}`;
  const kept: string[] = [];
  for (const segment of joined.split('/')) {
    if (segment === '' || segment === '.') continue;
    if (segment === '..') kept.pop();
    else kept.push(segment);
  }
  const path = `/${kept.join('/')}`;
  if (path.length > MAX_PATH) throw new BadPath(`the path is longer than ${MAX_PATH} characters`);
  if (kept.some((segment) => segment.length > MAX_SEGMENT))
    throw new BadPath(`a part of the path is longer than ${MAX_SEGMENT} characters`);
  return path;
}

/** As `absolutePath`; undefined for what cannot be a path. */
export function absoluteOrNone(spelling: string, base: string, home: string): string | undefined {
  try {
    return absolutePath(spelling, base, home);
  } catch (error) {
    if (error instanceof BadPath) return undefined;
    throw error;
  }
}

/** Whether `path` is `folder` or lies below it: by segment, so `/app-secrets` is not inside `/app`. */
export function isInside(folder: string, path: string): boolean {
  return path === folder || folder === '/' || path.startsWith(`${folder}/`);
}

/** `path` as seen from `folder`; `.` for the folder itself; unchanged where it lies elsewhere. */
export function relativeTo(folder: string, path: string): string {
  if (path === folder) return '.';
  return isInside(folder, path) ? path.slice(folder === '/' ? 1 : folder.length + 1) : path;
}

export function parentOf(path: string): string {
  const cut = path.lastIndexOf('/');
  return cut <= 0 ? '/' : path.slice(0, cut);
}

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Whether a path goes into a folder and out again: where that is a link, it is elsewhere than it looks. */
export function goesBack(path: string): boolean {
  const segments = path.split('/').filter((segment) => segment !== '' && segment !== '.');
  return segments.some((segment, at) => segment === '..' && at > 0 && segments[at - 1] !== '..');
}
