import { isMap, isSeq, parseDocument } from 'yaml';
import type { Reach } from '../../shared/policyChange.ts';
import type { RuleKeys } from './ruleSchema.ts';
import { parsePolicy } from './parse.ts';

export type WrittenRule = { ok: true; text: string; holdsIn?: Reach } | { ok: false; problem: string };

/** A user's policy text with one rule more, as its last one. */
export function withRule(text: string, file: string, rule: RuleKeys): WrittenRule {
  return withEntry(text, file, 'rules', rule);
}

/** A user's policy text with these allowed hosts more, at the end of those that are there. */
export function withAllowedHosts(text: string, file: string, hosts: readonly string[]): WrittenRule {
  let written: WrittenRule = { ok: true, text, holdsIn: 'every workspace' };
  for (const host of hosts) {
    if (!written.ok) break;
    const parsed = parsePolicy(written.text, file, 'user');
    if (parsed.ok && listOf(parsed.parsed.values.allowed_domains).includes(host)) continue;
    const next = withEntry(written.text, file, 'allowed_domains', host);
    written = next.ok ? { ...written, text: next.text } : next;
  }
  return written;
}

/**
 * Comments, order and formatting of the rest stay; no line is wrapped. The new text is parsed again, and must hold all
 * that was there and the entry exactly as it was meant.
 */
function withEntry(
  text: string,
  file: string,
  key: 'rules' | 'allowed_domains',
  entry: RuleKeys | string,
): WrittenRule {
  const before = parsePolicy(text, file, 'user');
  if (!before.ok) return { ok: false, problem: `the policy has errors; mend ${file} first` };
  const document = parseDocument(text === '' ? '' : text, { keepSourceTokens: true });
  if (document.contents === null) document.contents = document.createNode({}) as never;
  if (!isMap(document.contents)) return { ok: false, problem: `${file} is not a policy` };
  document.contents.flow = false;
  const entries = document.get(key);
  if (isSeq(entries)) {
    entries.flow = false;
    entries.add(document.createNode(entry));
  } else document.set(key, document.createNode([entry]));
  const written = keptText(text, document.toString({ lineWidth: 0 }), { key, isThere: isSeq(entries) });
  const after = parsePolicy(written, file, 'user');
  const expected = { ...before.parsed.values, [key]: [...listOf(before.parsed.values[key]), entry] };
  if (!after.ok || JSON.stringify(sorted(after.parsed.values)) !== JSON.stringify(sorted(expected)))
    return {
      ok: false,
      problem: `it could not be written into ${file} without changing the rest; write it by hand`,
    };
  return { ok: true, text: written };
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Where there was no such list yet, the old text stays letter for letter, and the new key goes behind it. */
function keptText(before: string, whole: string, { key, isThere }: { key: string; isThere: boolean }): string {
  if (isThere || before.trim() === '') return whole;
  const at = whole.search(new RegExp(`^${key}:`, 'm'));
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
