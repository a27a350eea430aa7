import { literalPaths, type PathRule, type RuleContext } from '../scope/pathRule.ts';
import { isGlob } from '../scope/glob.ts';
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
    const named = [...literalPaths(rule, context), ...atTops(rule, context)];
    const real = (await Promise.all(named.map(realPath))).filter((path) => !named.includes(path));
    return real.length === 0 ? rule : { ...rule, real };
  });
}

/** Of what binds at any depth (`**` and a path) the place at the top of each folder, where links mostly are. */
function atTops({ written, ...rule }: PathRule, context: RuleContext): string[] {
  const below = /^\*\*\/(.+)$/.exec(written)?.[1];
  return below === undefined || isGlob(below) ? [] : literalPaths({ ...rule, written: `./${below}` }, context);
}
