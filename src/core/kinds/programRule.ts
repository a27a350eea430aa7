import type { Run } from '../../shared/action.ts';
import type { Reach } from '../../shared/policyChange.ts';
import { patternProblem } from '../policy/commandPattern.ts';
import { absoluteOrNone, isInside, relativeTo } from '../scope/spelling.ts';
import type { Kind } from './kind.ts';

/** The rule that would allow exactly the programs of a command that ask. */
export function programRule(
  { command, launch: { cwd } }: Run,
  roots: readonly string[],
  reach: Reach,
): ReturnType<Kind<Run>['always']> {
  const { programs, doubts, unbound, moves, fed = [] } = command;
  // Behind a `cd` the same words are another command.
  if (unbound || moves === true) return undefined;
  // A doubt about the line as a whole (a redirection, say) is nothing that a rule about programs could settle.
  if (doubts.length === 0 || doubts.some(({ program }) => program === undefined)) return undefined;
  // What comes to its input the next time stands in no word of it.
  if (doubts.some(({ program }) => program !== undefined && fed.includes(program))) return undefined;
  // A folder whose name reads like a pattern cannot be named exactly.
  if (reach === 'this folder' && (cwd.includes('*') || cwd !== cwd.trim())) return undefined;
  const commands: string[] = [];
  for (const index of new Set(doubts.map(({ program }) => program))) {
    const pattern = exactly(seenFromFolder(programs[index ?? -1] ?? [], cwd, roots));
    if (pattern === undefined) return undefined;
    commands.push(pattern);
  }
  return { commands, ...(reach === 'this folder' && { in: [cwd] }) };
}

/** A program that is given by a path from where the command starts, as the same file seen from the workspace folder. */
function seenFromFolder(
  [program, ...rest]: readonly (string | null)[],
  cwd: string,
  roots: readonly string[],
): (string | null)[] {
  if (program === undefined) return [];
  if (program === null || !program.includes('/') || /^[/~]/.test(program)) return [program, ...rest];
  const path = absoluteOrNone(program, cwd, '/');
  if (path === undefined) return [null]; // nothing that could be started
  const root = roots.find((one) => isInside(one, path));
  return [root === undefined ? path : `./${relativeTo(root, path)}`, ...rest];
}

/** A program's words as a pattern that fits nothing else. */
function exactly(words: readonly (string | null)[]): string | undefined {
  const quoted: string[] = [];
  for (const word of words) {
    if (word === null || /[*?[\]{}\n]/.test(word)) return undefined;
    if (/^[^\s"';&|<>()$`\\]+$/.test(word)) quoted.push(word);
    else if (!word.includes('"')) quoted.push(`"${word}"`);
    else if (!word.includes("'")) quoted.push(`'${word}'`);
    else return undefined;
  }
  const pattern = quoted.join(' ');
  return patternProblem(pattern) === undefined ? pattern : undefined;
}
