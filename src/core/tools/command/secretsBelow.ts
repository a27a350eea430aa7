import type { Doubt, Meaning } from '../../command/meaning.ts';
import { isGlob } from '../../scope/glob.ts';
import { absoluteOrNone, isInside } from '../../scope/spelling.ts';
import type { CallContext } from '../tool.ts';

/** Whether a program reads all below where it starts, if it is given no path. */
function readsHere([program, ...args]: Meaning['programs'][number]): boolean {
  if (program?.kind !== 'known') return false;
  const isTold = args.some(({ text }) => /^(-[a-zA-Z]*[rR]|--(dereference-)?recursive)/.test(text));
  return program.text === 'rg' || (isTold && /^[ef]?grep$/.test(program.text));
}

/**
 * Beside what changes the workspace, likely secrets can be read. A program that only looks is then no part that a rule
 * about the others answers for, where it reads a folder with a secret in it.
 */
export function secretsBelow(
  { programs, paths, doubts }: Meaning,
  cwd: string,
  secrets: readonly string[],
  { scope }: Pick<CallContext, 'scope'>,
): Doubt[] {
  if (secrets.length === 0 || doubts.length === 0) return [];
  // In a workspace too big to be looked through, its folder stands for them.
  const isReached = (path: string, secret: string): boolean =>
    scope.roots.includes(secret) ? isInside(secret, path) : path !== secret && isInside(path, secret);
  const found = programs.flatMap((words, index) => {
    const [program] = words;
    if (doubts.some((doubt) => doubt.program === index)) return [];
    const own = paths.filter((one) => one.program === index && (one.access === 'read' || one.isGuess));
    const isHere = own.length === 0 && readsHere(words);
    const spellings = isHere
      ? ['.']
      : own.map(({ spelling, isPattern }) => (isPattern ? folderOf(spelling) : spelling));
    return spellings.flatMap((spelling) => {
      const path = absoluteOrNone(spelling, cwd, scope.home);
      const secret = secrets.find((one) => path !== undefined && isReached(path, one));
      const name = program?.kind === 'known' ? program.text : 'it';
      return secret === undefined ? [] : [`${name} reads the folder that ${scope.shown(secret)} is in`];
    });
  });
  return [...new Set(found)].map((why) => ({ why }));
}

/** What a pattern may stand for lies in here. */
function folderOf(pattern: string): string {
  const segments = pattern.split('/');
  const first = segments.findIndex(isGlob);
  return segments.slice(0, first).join('/') || (pattern.startsWith('/') ? '/' : '.');
}
