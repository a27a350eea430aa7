import { literalPaths, type PathRule, type RuleContext } from '../scope/pathRule.ts';
import type { EffectivePolicy } from './merge.ts';

/**
 * The policy with, for each path rule, where the paths that it names really are. Tools see real paths only, so a rule
 * that is written through a link (`/tmp/app` where `/tmp` is one) would otherwise bind nothing.
 */
export async function withRealPaths(
  policy: EffectivePolicy,
  context: RuleContext,
  realPath: (path: string) => Promise<string>,
): Promise<EffectivePolicy> {
  const resolved = async (rule: PathRule): Promise<PathRule> => {
    const named = literalPaths(rule, context);
    const real = (await Promise.all(named.map(realPath))).filter((path) => !named.includes(path));
    return real.length === 0 ? rule : { ...rule, real };
  };
  const all = (rules: PathRule[]): Promise<PathRule[]> => Promise.all(rules.map(resolved));
  return {
    ...policy,
    allowedPaths: await Promise.all(
      policy.allowedPaths.map(async (list) => ({ ...list, rules: await all(list.rules) })),
    ),
    deniedPaths: await all(policy.deniedPaths),
    protectedPaths: await all(policy.protectedPaths),
    ownPaths: await Promise.all(policy.ownPaths.map(all)),
    rules: await Promise.all(
      policy.rules.map((lists) =>
        Promise.all(
          lists.map(async (list) => ({
            ...list,
            rules: await Promise.all(list.rules.map(async (rule) => ({ ...rule, paths: await all(rule.paths) }))),
          })),
        ),
      ),
    ),
  };
}
