import type { Price } from '../policy/keys/budgetKeys.ts';
import type { Usage } from '../models/port.ts';

const MILLION = 1_000_000;

/** What a model costs by a list of prices; undefined where none of them is for it. `label`: as in "gpt-5 (api.openai.com)". */
export function priceOf(prices: readonly Price[] | null, label: string): Price | undefined {
  const name = label.replace(/ \([^)]*\)$/, '');
  return prices?.find(({ model }) => fits(model, name) || fits(model, label));
}

/** `*` stands for anything. Parts are looked for from the left, so that no pattern takes long. */
function fits(pattern: string, name: string): boolean {
  const [first = '', ...rest] = pattern.toLowerCase().split('*');
  const lower = name.toLowerCase();
  if (rest.length === 0) return lower === first;
  const last = rest.pop() ?? '';
  if (!lower.startsWith(first)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = lower.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return lower.length - last.length >= at && lower.endsWith(last);
}

export function costOf({ input, output, cached }: Price, used: Usage): number {
  const before = Math.min(used.cached ?? 0, used.input);
  return ((used.input - before) * input + before * (cached ?? input) + used.output * output) / MILLION;
}
