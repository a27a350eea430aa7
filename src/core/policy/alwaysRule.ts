import type { Action } from '../../shared/action.ts';
import { patternProblem } from './commandPattern.ts';
import { absoluteOrNone, isInside, relativeTo } from '../scope/spelling.ts';
import type { RuleKeys } from './ruleSchema.ts';

/** Where such a rule holds: the folder it was made in, unless a person chose more. */
export type Reach = 'this folder' | 'every workspace';

/** The rule that would allow exactly such an action from now on; undefined where no rule can say exactly that. */
export function alwaysRule(
  action: Action,
  why: string,
  roots: readonly string[],
  reach: Reach = 'this folder',
): RuleKeys | undefined {
  if (action.effect === 'write' && action.resources.length === 1) {
    const path = action.resources[0]?.path ?? '';
    if (/[*?[\]{}\\]/.test(path)) return undefined;
    return { decision: 'allow', tools: ['write_file', 'edit_file'], paths: [path], why };
  }
  if (action.effect !== 'execute' || !action.command || action.command.unbound) return undefined;
  // Behind a `cd` the same words are another command.
  if (action.command.moves === true) return undefined;
  const { programs, doubts, fed = [] } = action.command;
  // A doubt about the line as a whole (a redirection, say) is nothing that a rule about programs could settle.
  if (doubts.length === 0 || doubts.some(({ program }) => program === undefined)) return undefined;
  // What comes to its input the next time stands in no word of it.
  if (doubts.some(({ program }) => program !== undefined && fed.includes(program))) return undefined;
  const cwd = action.launch?.cwd ?? action.resources[0]?.path ?? '/';
  // A folder whose name ends like a pattern cannot be named exactly.
  if (reach === 'this folder' && cwd.endsWith('/**')) return undefined;
  const commands: string[] = [];
  for (const index of new Set(doubts.map(({ program }) => program))) {
    const pattern = exactly(seenFromFolder(programs[index ?? -1] ?? [], cwd, roots));
    if (pattern === undefined) return undefined;
    commands.push(pattern);
  }
  return { decision: 'allow', commands, ...(reach === 'this folder' && { in: [cwd] }), why };
}

/** The rule in a few words, as the button says it. */
export function alwaysOffer(action: Action, roots: readonly string[]): string | undefined {
  const rule = alwaysRule(action, '-', roots);
  if (!rule) return undefined;
  return rule.commands ? `${rule.commands.join(' and ')}, in this folder` : `edits to ${(rule.paths ?? []).join(', ')}`;
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
