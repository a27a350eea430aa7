import { namedList } from '../../../shared/named.ts';
import type { Scope } from '../../scope/scope.ts';

/** What programs say that met something they could not change, or not read (errno(3)). */
const MET =
  /\b(?:EROFS|EBUSY|EACCES|EPERM|EXDEV)\b|read-only file system|resource busy|permission denied|cross-device/i;
const MOST = 3;

/** What a command that failed is told of what was held; nothing where its output does not look as if it had met that. */
export function heldWords(held: readonly string[] | undefined, output: string, scope: Pick<Scope, 'shown'>): string[] {
  if (!held || !MET.test(output)) return [];
  const paths = held.map((path) => scope.shown(path));
  const what = paths.length === 0 ? 'likely secrets were hidden' : `${namedList(paths, MOST)} could only be read`;
  return [`undo does not cover everything, so ${what}; if it must be otherwise, call it again and say why in "need"`];
}
