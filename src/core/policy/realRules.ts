import { literalPaths, type PathRule, type RuleContext } from '../scope/pathRule.ts';
import { located, type EffectivePolicy } from './merge.ts';

/**
 * The policy with, for each path rule, where the paths that it names really are. Tools see real paths only, so a rule
 * that is written through a link (`/tmp/app` where `/tmp` is one) would otherwise bind nothing.
 */
export function withRealPaths(
  policy: EffectivePolicy,
  context: RuleContext,
  realPath: (path: string) => Promise<string>,
): Promise<EffectivePolicy> {
  return located(policy, async (rule): Promise<PathRule> => {
    const named = literalPaths(rule, context);
    const real = (await Promise.all(named.map(realPath))).filter((path) => !named.includes(path));
    return real.length === 0 ? rule : { ...rule, real };
  });
}
