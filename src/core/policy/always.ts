import type { Action } from '../../shared/action.ts';
import type { Verdict } from '../../shared/decision.ts';
import type { Reach } from '../../shared/policyChange.ts';
import { kindOf } from '../kinds/table.ts';
import type { RuleContext } from '../scope/pathRule.ts';
import { ruleSaying } from './alwaysRule.ts';
import { parsePolicy } from './parse.ts';
import { matcher } from './rules.ts';
import { withAllowedHosts, withRule, type WrittenRule } from './writeRule.ts';

/**
 * The user's policy with the rule, or the host, that would allow this action from now on, or say what `verdict` is. The new text is parsed again, and its last
 * rule must match the very action that it comes from; else nothing is proposed.
 */
export function alwaysPolicy(
  action: Action,
  text: string,
  file: string,
  why: string,
  context: RuleContext & { reach?: Reach; verdict?: Verdict },
): WrittenRule {
  const host = kindOf(action).alwaysHost?.(action);
  if (host !== undefined && (context.verdict ?? 'allow') === 'allow') return withAllowedHosts(text, file, [host]);
  const rule = ruleSaying(context.verdict ?? 'allow', action, why, context);
  if (!rule) return { ok: false, problem: 'no rule can say exactly this; write one by hand' };
  const written = withRule(text, file, rule);
  if (!written.ok) return written;
  const parsed = parsePolicy(written.text, file, 'user');
  const last = parsed.ok ? parsed.parsed.values.rules?.at(-1) : undefined;
  if (!parsed.ok || !last) return { ok: false, problem: 'the rule could not be read back' };
  const origin = parsed.parsed.originOf(['rules', (parsed.parsed.values.rules?.length ?? 1) - 1]);
  const paths = (last.paths ?? []).map((path) => ({ written: path, origin }));
  return matcher({ keys: last, origin, paths }, context)(action)
    ? written
    : { ok: false, problem: 'the rule would not match the call that it comes from; write one by hand' };
}
