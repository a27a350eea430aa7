import { RE2JS } from 're2js';
import { LONGEST_KEY } from './privateKeys.ts';
import table from './secretRules.json' with { type: 'json' };

// The rules of gitleaks (MIT, secretRules.LICENSE), by which likely secrets are found in what tools print. Written by
// scripts/redaction/secretRules.py. They run on an engine whose time is linear in the text; a rule is asked only near a
// word of its own, and only where something long enough stands.

/** A likely secret: where it stands, and by which rule. */
export interface LikelySecret {
  start: number;
  end: number;
  rule: string;
}

type Rule = (typeof table.rules)[number];
interface Span {
  start: number;
  end: number;
}

/** What could be one: no rule finds anything shorter. */
const RUN = /[\w+/=.~-]{16,}/g;
/** Without a digit in it. */
const LONG_ENOUGH = 20;
/** How far around it its rule's word and what closes it may stand. */
const AROUND = 300;
/** So much of one run is looked at: no token is longer. */
const LONGEST = 8192;
/** Characters that rules look at in one text, all of them together: at worst a second. */
const MOST_LOOKED = 1_000_000;

const PRIVATE_KEY = 'private-key';
const BEGIN = /-----BEGIN/gi;
const BYTE_ORDER = (a: Span, b: Span): number => a.start - b.start;

const byWord = new Map<string, Rule[]>();
for (const rule of table.rules) for (const word of rule.keywords) byWord.set(word, [...(byWord.get(word) ?? []), rule]);
const words = [...byWord.keys()].sort((a, b) => b.length - a.length);
/** At each place the longest word; those that it begins with count there, too. */
const WORDS = new RegExp(`(?=(${words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|')}))`, 'g');

/** The likely secrets of a text, in order; none lies over another. Past what may be looked at nothing is found. */
export function likelySecrets(text: string): LikelySecret[] {
  const spans = new Map<Rule, Span[]>();
  const add = (rule: Rule, span: Span): void => {
    const all = spans.get(rule);
    const last = all?.at(-1);
    if (!all) spans.set(rule, [span]);
    else if (last && span.start <= last.end) last.end = Math.max(last.end, span.end);
    else all.push(span);
  };
  for (const region of regionsOf(text)) {
    const lower = text.slice(region.start, region.end).toLowerCase();
    const near = new Set<Rule>();
    for (const [, longest = ''] of lower.matchAll(WORDS))
      for (let length = longest.length; length > 1; length -= 1)
        for (const rule of byWord.get(longest.slice(0, length)) ?? []) near.add(rule);
    for (const rule of near) if (rule.id !== PRIVATE_KEY) add(rule, { ...region });
  }
  const keys = table.rules.find(({ id }) => id === PRIVATE_KEY);
  if (keys) for (const { index } of text.matchAll(BEGIN)) add(keys, { start: index, end: index + LONGEST_KEY });
  const found: LikelySecret[] = [];
  let left = MOST_LOOKED;
  for (const [rule, all] of spans)
    for (const { start, end } of all) {
      left -= end - start;
      if (left < 0) return apart(found);
      found.push(...foundBy(rule, text.slice(start, end), start));
    }
  return apart(found);
}

/** Each run of characters that could be a token, with what stands around it in its lines. */
function* regionsOf(text: string): Iterable<Span> {
  let last: Span | undefined;
  for (const { 0: run, index } of text.matchAll(RUN)) {
    if (run.length < LONG_ENOUGH && !/\d/.test(run)) continue;
    const start = Math.max(0, index - AROUND);
    const end = Math.min(text.length, index + Math.min(run.length, LONGEST) + AROUND);
    if (last && start <= last.end && end - last.start < 4 * LONGEST) last.end = end;
    else {
      if (last) yield last;
      last = { start, end };
    }
  }
  if (last) yield last;
}

const compiled = new Map<string, RE2JS>();
function engine(regex: string): RE2JS {
  const known = compiled.get(regex) ?? RE2JS.compile(regex);
  compiled.set(regex, known);
  return known;
}

function foundBy(rule: Rule, text: string, offset: number): LikelySecret[] {
  const found: LikelySecret[] = [];
  const matcher = engine(rule.regex).matcher(text);
  while (matcher.find()) {
    // The part that is the secret, where the rule has one; of several it is not known which.
    const group = rule.group > 0 ? rule.group : matcher.groupCount() === 1 ? 1 : 0;
    const isThere = matcher.group(group) !== null;
    const secret = matcher.group(isThere ? group : 0) ?? '';
    const match = matcher.group() ?? '';
    if (secret !== '' && entropy(secret) >= rule.entropy && !isAllowed({ secret, match }, rule)) {
      const start = offset + matcher.start(isThere ? group : 0);
      found.push({ start, end: start + secret.length, rule: rule.id });
    }
  }
  return found;
}

function isAllowed(of: { secret: string; match: string }, rule: Rule): boolean {
  return [...table.allowed, ...rule.allowed].some(({ of: what, regexes, words: stop }) => {
    const text = what === 'match' ? of.match : of.secret;
    const lower = text.toLowerCase();
    return stop.some((word) => lower.includes(word)) || regexes.some((regex) => engine(regex).matcher(text).find());
  });
}

/** Bits for each character, by how often each stands in the text (Shannon). */
function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  const all = [...counts.values()].reduce((sum, count) => sum + count, 0);
  return -[...counts.values()].reduce((sum, count) => sum + (count / all) * Math.log2(count / all), 0);
}

/** Of those that lie over each other the one that begins first, and of those the longest. */
function apart(found: LikelySecret[]): LikelySecret[] {
  const ordered = found.sort((a, b) => BYTE_ORDER(a, b) || b.end - a.end);
  let end = 0;
  return ordered.filter((one) => {
    if (one.start < end) return false;
    ({ end } = one);
    return true;
  });
}
