// Globs of policies and of the model. A matcher of our own, because the usual translation to a regular expression
// takes exponential time on patterns such as `*a*a*a*a*b` (a cloned repository's policy could hang the editor), and
// because `**` must cross names with line breaks in them.

/** One character of a segment's pattern; `many` is `*`. */
type Token = { kind: 'one'; is(character: string): boolean } | { kind: 'many' };
type Segment = (name: string) => boolean;

const MOST_ALTERNATIVES = 256;
/** Characters of all alternatives together, and opening braces: what making a matcher may cost. */
const MOST_EXPANDED = 65_536;
const MOST_BRACES = 256;

export function isGlob(text: string): boolean {
  return /[*?[\]{}\\]/.test(text);
}

export function escapeGlob(text: string): string {
  return text.replace(/[*?[\]{}\\]/g, '\\$&');
}

/**
 * A test for paths against a glob: `*` and `?` stay within a segment, `**` as a whole segment is any number of
 * segments (none too), `[a-z]`, `[!a-z]`, `{one,two/three}`, and a backslash takes the next character as it is. Names
 * that start with a dot are names like any other. Time is bounded by the product of both lengths. Throws a
 * `RangeError` when braces stand for more than 256 patterns, or for more text than is compared.
 */
export function globMatcher(pattern: string): (path: string) => boolean {
  const alternatives = alternativesOf(pattern).map((one) => {
    const parts = partsOf(one);
    // A name that must stand in the path whatever else does: without it nothing is compared. The last one tells most.
    return { segments: parts.map(segmentOf), needed: parts.findLast((part) => !isGlob(part)) };
  });
  return (path) => {
    const { names, set } = namesOf(path);
    return alternatives.some(
      ({ segments, needed }) =>
        (needed === undefined || set.has(needed)) && matchesAll(segments, names, isAny, fitsName),
    );
  };
}

/** Names, or forms of names, of which a path must have one for something to match it. */
export interface NeededNames {
  names: readonly string[];
  forms: readonly ((name: string) => boolean)[];
}

/** What a path must have for a glob to fit it; undefined where that cannot be said. */
export function namesNeeded(pattern: string): NeededNames | undefined {
  const needed: { names: string[]; forms: ((name: string) => boolean)[] } = { names: [], forms: [] };
  for (const one of alternativesOf(pattern)) {
    // The last one tells most, unless any name has its form.
    const part = partsOf(one).findLast((name) => !/^\*+$/.test(name));
    if (part === undefined) return undefined;
    const form = segmentOf(part);
    if (isGlob(part) && form !== 'any') needed.forms.push(form);
    else needed.names.push(part);
  }
  return needed;
}

const isAny = (segment: Segment | 'any'): boolean => segment === 'any';
const fitsName = (segment: Segment | 'any', name: string): boolean => segment !== 'any' && segment(name);

interface Names {
  path: string;
  names: readonly string[];
  set: ReadonlySet<string>;
}
const NO_NAMES: Names = { path: '', names: [], set: new Set() };
let [last, former] = [NO_NAMES, NO_NAMES];

/** The names in a path, kept for the two that were asked about last: many globs are asked about the same ones in turn. */
function namesOf(path: string): Names {
  if (last.path === path) return last;
  if (former.path === path) return former;
  const names = partsOf(path);
  former = last;
  last = { path, names, set: new Set(names) };
  return last;
}

/**
 * What a pattern costs, to be made and to be asked, in characters that may have to be compared; nothing for plain text.
 * Counted from the text alone, so that it costs little itself.
 */
export function globWeight(pattern: string): number {
  if (!isGlob(pattern)) return 0;
  const segments = pattern.split('/').length;
  // Several `*` in one segment are tried against each other.
  const isTwisted = /\*[^/]+\*/.test(pattern);
  return expandedLength(pattern) * Math.ceil(segments / 8) * (isTwisted ? 8 : 1);
}

/** Characters of all that braces stand for, without making any of it. */
function expandedLength(pattern: string): number {
  if (bracesIn(pattern) > MOST_BRACES) return Infinity;
  const measure = (text: string): { count: number; length: number } => {
    let total = { count: 1, length: 0 };
    const then = (next: { count: number; length: number }): void => {
      total = {
        count: total.count * next.count,
        length: total.length * next.count + next.length * total.count,
      };
    };
    let rest = text;
    for (let braces = firstBraces(rest, 0); braces; braces = firstBraces(rest, 0)) {
      then({ count: 1, length: braces.start });
      const choices = braces.choices.map(measure);
      then({
        count: choices.reduce((sum, { count }) => sum + count, 0),
        length: choices.reduce((sum, { length }) => sum + length, 0),
      });
      rest = rest.slice(braces.end + 1);
    }
    then({ count: 1, length: rest.length });
    return total;
  };
  return measure(pattern).length;
}

function bracesIn(pattern: string): number {
  return pattern.split('{').length - 1;
}

function partsOf(path: string): string[] {
  return path.split('/').filter((part) => part !== '' && part !== '.');
}

function segmentOf(pattern: string): Segment | 'any' {
  if (pattern === '**') return 'any';
  if (!isGlob(pattern)) return (name) => name === pattern;
  if (pattern.startsWith('*') && !isGlob(pattern.slice(1))) return (name) => name.endsWith(pattern.slice(1));
  const tokens = tokensOf(Array.from(pattern));
  const shortest = tokens.filter(({ kind }) => kind === 'one').length;
  return (name) => {
    const characters = Array.from(name);
    if (characters.length < shortest) return false;
    return matchesTokens(tokens, characters);
  };
}

const isMany = (token: Token): boolean => token.kind === 'many';
const fitsToken = (token: Token, character: string): boolean => token.kind === 'one' && token.is(character);

/** What stands before the first `*` and behind the last one has one place only: a single `*` is never tried twice. */
function matchesTokens(tokens: readonly Token[], characters: readonly string[]): boolean {
  const first = tokens.findIndex(isMany);
  if (first === -1)
    return (
      tokens.length === characters.length && tokens.every((token, index) => fitsToken(token, characters[index] ?? ''))
    );
  const last = tokens.findLastIndex(isMany);
  const behind = tokens.length - last - 1;
  const end = characters.length - behind;
  if (end < first) return false;
  for (let at = 0; at < first; at += 1) if (!fitsToken(tokens[at] as Token, characters[at] ?? '')) return false;
  for (let at = 0; at < behind; at += 1)
    if (!fitsToken(tokens[last + 1 + at] as Token, characters[end + at] ?? '')) return false;
  return first === last || matchesAll(tokens.slice(first, last + 1), characters.slice(first, end), isMany, fitsToken);
}

/** Wildcards against a sequence: on a mismatch only the last "any number" is ever widened, which is enough. */
function matchesAll<P, T>(
  pattern: readonly P[],
  items: readonly T[],
  isMany: (part: P) => boolean,
  fits: (part: P, item: T) => boolean,
): boolean {
  let part = 0;
  let item = 0;
  let widen: { part: number; item: number } | undefined;
  while (item < items.length) {
    const now = pattern[part];
    if (now !== undefined && isMany(now)) {
      part += 1;
      widen = { part, item };
    } else if (now !== undefined && fits(now, items[item] as T)) {
      part += 1;
      item += 1;
    } else if (widen) {
      widen.item += 1;
      ({ part, item } = widen);
    } else return false;
  }
  return pattern.slice(part).every(isMany);
}

function tokensOf(characters: readonly string[]): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < characters.length; at += 1) {
    const character = characters[at] ?? '';
    if (character === '*') tokens.push({ kind: 'many' });
    else if (character === '?') tokens.push({ kind: 'one', is: () => true });
    else if (character === '\\' && at + 1 < characters.length) {
      at += 1;
      const exact = characters[at];
      tokens.push({ kind: 'one', is: (one) => one === exact });
    } else {
      // `]` right after the opening bracket belongs to the class, as in every shell.
      const negated = character === '[' && ['!', '^'].includes(characters[at + 1] ?? '');
      const first = at + (negated ? 2 : 1);
      const end = character === '[' ? characters.indexOf(']', first + 1) : -1;
      if (end === -1) tokens.push({ kind: 'one', is: (one) => one === character });
      else {
        const within = classOf(characters.slice(first, end));
        tokens.push({ kind: 'one', is: (one) => within(one) !== negated });
        at = end;
      }
    }
  }
  return tokens;
}

function classOf(members: readonly string[]): (character: string) => boolean {
  const ranges: [number, number][] = [];
  for (let at = 0; at < members.length; at += 1) {
    if (members[at] === '\\' && at + 1 < members.length) at += 1;
    const from = members[at]?.codePointAt(0) ?? 0;
    const isRange = members[at + 1] === '-' && at + 2 < members.length;
    if (isRange) at += 2;
    ranges.push([from, members[at]?.codePointAt(0) ?? 0]);
  }
  return (character) => {
    const code = character.codePointAt(0) ?? 0;
    return ranges.some(([from, to]) => code >= from && code <= to);
  };
}

/** The patterns that braces stand for; braces without a comma or without an end are ordinary characters. */
function alternativesOf(pattern: string): string[] {
  if (bracesIn(pattern) > MOST_BRACES) throw new RangeError(`more than ${MOST_BRACES} braces`);
  const done: string[] = [];
  let length = 0;
  const pending = [{ text: pattern, from: 0 }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const braces = firstBraces(next.text, next.from);
    if (!braces) {
      done.push(next.text);
      length += next.text.length;
    } else
      for (const choice of braces.choices)
        pending.push({
          text: next.text.slice(0, braces.start) + choice + next.text.slice(braces.end + 1),
          from: braces.start,
        });
    if (done.length + pending.length > MOST_ALTERNATIVES)
      throw new RangeError(`braces stand for more than ${MOST_ALTERNATIVES} patterns`);
    if (length > MOST_EXPANDED) throw new RangeError(`braces stand for more than ${MOST_EXPANDED} characters`);
  }
  return done;
}

function firstBraces(text: string, from: number): { start: number; end: number; choices: string[] } | undefined {
  const open: { start: number; commas: number[] }[] = [];
  let outermost: { start: number; end: number; choices: string[] } | undefined;
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '{') open.push({ start: at, commas: [] });
    else if (text[at] === ',') open.at(-1)?.commas.push(at);
    else if (text[at] === '}') {
      const closed = open.pop();
      if (!closed || closed.commas.length === 0) continue;
      const cuts = [closed.start, ...closed.commas, at];
      const choices = cuts.slice(1).map((cut, index) => text.slice((cuts[index] ?? 0) + 1, cut));
      if (!outermost || closed.start < outermost.start) outermost = { start: closed.start, end: at, choices };
      if (open.length === 0) return outermost;
    }
  }
  return outermost;
}
