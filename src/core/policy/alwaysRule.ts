import type { Action } from '../../shared/action.ts';
import type { Verdict } from '../../shared/decision.ts';
import type { Reach } from '../../shared/policyChange.ts';
import type { HostRules } from '../egress/hostRules.ts';
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

/** The host that would be named in the policy for such an action from now on; undefined where another layer names them all. */
export function alwaysHost(action: Action, { allowedDomains }: Pick<HostRules, 'allowedDomains'>): string | undefined {
  return allowedDomains.origin.layer === 'organization' ? undefined : kindOf(action).alwaysHost?.(action);
}

/** What *Always* would write, in a few words, as the button says it. */
export function alwaysOffer(action: Action, roots: readonly string[], rules: HostRules): string | undefined {
  const host = alwaysHost(action, rules);
  if (host !== undefined) return `${host} as a host that commands reach, in every workspace`;
  const rule = alwaysRule(action, '-', roots);
  if (!rule) return undefined;
  return rule.commands ? `${rule.commands.join(' and ')}, in this folder` : `edits to ${(rule.paths ?? []).join(', ')}`;
}
