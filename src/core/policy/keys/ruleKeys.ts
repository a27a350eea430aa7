import type { PathRule } from '../../scope/pathRule.ts';
import type { ParsedLayer } from '../layer.ts';
import { RulesSchema } from '../ruleSchema.ts';
import type { Rule, RuleList } from '../rules.ts';
import type { Settling } from '../settle.ts';
import { pathRules } from './pathKeys.ts';
import type { PolicyEntry, PolicyKey } from './policyKey.ts';

/** The rules of each policy that binds, by the layers of each: what counts of them says rules.ts. */
export function ruleBooks({ about }: { about: string }): PolicyKey<RuleList[][], 'rules'> {
  return {
    path: 'rules',
    schema: RulesSchema,
    about,
    settle: (settling) => [settling.layers.flatMap((layer) => listOf(layer, settling))],
    stricter: (start, now) => [...now, ...start],
    entries: (books) => books.flat().flatMap((list) => list.rules.map((rule) => ruleEntry(rule, list))),
    located: (books, locate) =>
      Promise.all(books.map((lists) => Promise.all(lists.map((list) => locatedList(list, locate))))),
  };
}

/** A layer's rules, and whether what they allow counts. */
function listOf(layer: ParsedLayer, settling: Settling): RuleList[] {
  const rules = (layer.values.rules ?? []).map((keys, index): Rule => ({
    keys,
    origin: layer.originOf(['rules', index]),
    paths: pathRules(layer, ['rules', index, 'paths'], keys.paths ?? []),
  }));
  if (rules.length === 0) return [];
  const mayLoosen = settling.maySet(layer);
  if (!mayLoosen)
    for (const { keys, origin } of rules)
      if (keys.decision === 'allow') settling.ignored(layer, origin, 'this rule allows');
  return [{ layer: layer.layer, mayLoosen, ...(layer.base !== undefined && { base: layer.base }), rules }];
}

async function locatedList(list: RuleList, locate: (rule: PathRule) => Promise<PathRule>): Promise<RuleList> {
  const rules = list.rules.map(async (rule) => ({ ...rule, paths: await Promise.all(rule.paths.map(locate)) }));
  return { ...list, rules: await Promise.all(rules) };
}

function ruleEntry({ keys, origin }: Rule, { mayLoosen }: RuleList): PolicyEntry {
  const { decision, tools = [], commands = [], paths = [], in: places, why } = keys;
  const value = [
    `${decision} ${[...tools, ...commands, ...paths].join(', ')}`,
    ...(places ? [`(in ${places.join(', ')})`] : []),
    ...(keys.each_time === true ? ['(each time)'] : []),
    ...(decision === 'allow' && !mayLoosen ? ['(ignored: not accepted)'] : []),
  ].join(' ');
  return { key: 'rules', value: `${value}: ${why}`, origin };
}
