import type { Action } from '../../shared/action.ts';
import { patternProblem } from './commandPattern.ts';
import type { RuleKeys } from './ruleSchema.ts';

/** The rule that would allow exactly such an action from now on; undefined where no rule can say exactly that. */
export function alwaysRule(action: Action, why: string): RuleKeys | undefined {
  if (action.effect === 'write' && action.resources.length === 1) {
    const path = action.resources[0]?.path ?? '';
    if (/[*?[\]{}\\]/.test(path)) return undefined;
    return { decision: 'allow', tools: ['write_file', 'edit_file'], paths: [path], why };
  }
  if (action.effect !== 'execute' || !action.command || action.command.unbound) return undefined;
  const { programs, doubts } = action.command;
  // A doubt about the line as a whole (a redirection, say) is nothing that a rule about programs could settle.
  if (doubts.length === 0 || doubts.some(({ program }) => program === undefined)) return undefined;
  const commands: string[] = [];
  for (const index of new Set(doubts.map(({ program }) => program))) {
    const pattern = exactly(programs[index ?? -1] ?? []);
    if (pattern === undefined) return undefined;
    commands.push(pattern);
  }
  return { decision: 'allow', commands, why };
}

/** The rule in a few words, as the button says it. */
export function alwaysOffer(action: Action): string | undefined {
  const rule = alwaysRule(action, '-');
  if (!rule) return undefined;
  return rule.commands ? rule.commands.join(' and ') : `edits to ${(rule.paths ?? []).join(', ')}`;
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
