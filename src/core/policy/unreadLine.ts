import type { Action } from '../../shared/action.ts';
import { cutVisibly } from '../../shared/cut.ts';
import { kindOf } from '../kinds/table.ts';
import type { RuleKeys } from './ruleSchema.ts';

/** The first rule that denies commands; while there is one, a line that cannot be read whole is denied. */
export function commandDenial<R extends { keys: RuleKeys }>(
  books: readonly (readonly { rules: readonly R[] }[])[],
): R | undefined {
  return books
    .flat()
    .flatMap(({ rules }) => rules)
    .find(({ keys }) => keys.decision === 'deny' && keys.commands !== undefined);
}

/** Whatever such a line starts unseen could be what the rule denies. Undefined for lines that are read. */
export function unreadDenial(
  rule: { keys: RuleKeys } | undefined,
  action: Action,
): { name: string; why: string } | undefined {
  const doubt = kindOf(action)
    .starts(action)
    ?.command.doubts.find(({ kind }) => kind === 'unread');
  if (!rule || !doubt) return undefined;
  const named = (rule.keys.commands ?? []).join(', ');
  return {
    name: cutVisibly(`rules: deny ${named}`, 200),
    why: `${doubt.why}, so it cannot be told whether the line starts what is denied (${cutVisibly(named, 100)}: ${rule.keys.why}). Write it as a plain command, with each program by its name`,
  };
}
