import { isMap, isSeq, parseDocument } from 'yaml';
import type { RuleKeys } from './ruleSchema.ts';
import { parsePolicy } from './parse.ts';

export type WrittenRule = { ok: true; text: string } | { ok: false; problem: string };

/**
 * A user's policy text with one rule more, as its last one. Comments, order and formatting of the rest stay; no line is
 * wrapped. The new text is parsed again, and must hold all that was there and the rule exactly as it was meant.
 */
export function withRule(text: string, file: string, rule: RuleKeys): WrittenRule {
  const before = parsePolicy(text, file, 'user');
  if (!before.ok) return { ok: false, problem: `the policy has errors; mend ${file} first` };
  const document = parseDocument(text === '' ? '' : text, { keepSourceTokens: true });
  if (document.contents === null) document.contents = document.createNode({}) as never;
  if (!isMap(document.contents)) return { ok: false, problem: `${file} is not a policy` };
  document.contents.flow = false;
  const rules = document.get('rules');
  if (isSeq(rules)) {
    rules.flow = false;
    rules.add(document.createNode(rule));
  } else document.set('rules', document.createNode([rule]));
  const written = keptText(text, document.toString({ lineWidth: 0 }), isSeq(rules));
  const after = parsePolicy(written, file, 'user');
  const expected = { ...before.parsed.values, rules: [...(before.parsed.values.rules ?? []), rule] };
  if (!after.ok || JSON.stringify(sorted(after.parsed.values)) !== JSON.stringify(sorted(expected)))
    return {
      ok: false,
      problem: `the rule could not be written into ${file} without changing the rest; write it by hand`,
    };
  return { ok: true, text: written };
}

/** Where there were no rules yet, the old text stays letter for letter, and the new key goes behind it. */
function keptText(before: string, whole: string, hadRules: boolean): string {
  if (hadRules || before.trim() === '') return whole;
  const at = whole.search(/^rules:/m);
  if (at === -1 || /^(---|\.\.\.)/m.test(before) || /^\s*\{/.test(before)) return whole;
  return `${before}${before.endsWith('\n') ? '' : '\n'}${whole.slice(at)}`;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => [key, sorted(member)]),
  );
}
