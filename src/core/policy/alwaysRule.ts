import type { Action } from '../../shared/action.ts';
import type { Verdict } from '../../shared/decision.ts';
import type { Reach } from '../../shared/policyChange.ts';
import { kindOf } from '../kinds/table.ts';
import type { RuleKeys } from './ruleSchema.ts';

/** The rule that would allow exactly such an action from now on; undefined where no rule can say exactly that. */
export function alwaysRule(
  action: Action,
  why: string,
  roots: readonly string[],
  reach: Reach = 'this folder',
): RuleKeys | undefined {
  const keys = kindOf(action).always(action, roots, reach);
  return keys && { decision: 'allow', ...keys, why };
}

/** The rule that would say something else of it from now on. What asks or denies holds everywhere. */
export function ruleSaying(
  verdict: Verdict,
  action: Action,
  why: string,
  place: { roots: readonly string[]; reach?: Reach },
): RuleKeys | undefined {
  const rule = alwaysRule(action, why, place.roots, place.reach);
  if (!rule || verdict === 'allow') return rule;
  const { in: _, ...keys } = rule;
  return { ...keys, decision: verdict };
}

/** The rule in a few words, as the button says it. */
export function alwaysOffer(action: Action, roots: readonly string[]): string | undefined {
  const rule = alwaysRule(action, '-', roots);
  if (!rule) return undefined;
  return rule.commands ? `${rule.commands.join(' and ')}, in this folder` : `edits to ${(rule.paths ?? []).join(', ')}`;
}
