import type { UsageView } from './runView.ts';

/** What a run has used of its model, shortly: "12.3k tokens · context 34 % · cost 0.42". */
export function usageWords({ tokens, cost, context }: UsageView): string {
  const fill = context.limit > 0 ? Math.min(100, Math.round((context.tokens / context.limit) * 100)) : 0;
  return [
    `${shortCount(tokens)} tokens`,
    `context ${fill} %`,
    ...(cost === undefined ? [] : [`cost ${cost.toFixed(cost < 0.1 ? 4 : 2)}`]),
  ].join(' · ');
}

function shortCount(value: number): string {
  if (value < 1000) return String(value);
  if (value < 999_950) return `${(value / 1000).toFixed(value < 99_950 ? 1 : 0)}k`;
  return `${(value / 1_000_000).toFixed(1)}M`;
}
