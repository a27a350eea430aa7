// Globs of policies and of the model. A matcher of our own, because the usual translation to a regular expression
// takes exponential time on patterns such as `*a*a*a*a*b` (a cloned repository's policy could hang the editor), and
// because `**` must cross names with line breaks in them.

/** One character of a segment's pattern; `many` is `*`. */
type Token = { kind: 'one'; is(character: string): boolean } | { kind: 'many' };
type Segment = (name: string) => boolean;

const MOST_ALTERNATIVES = 256;

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
 * `RangeError` when braces stand for more than 256 patterns.
 */
export function globMatcher(pattern: string): (path: string) => boolean {
  const alternatives = alternativesOf(pattern).map((one) => partsOf(one).map(segmentOf));
  return (path) => {
    const names = partsOf(path);
    return alternatives.some((segments) =>
      matchesAll(
        segments,
        names,
        (segment) => segment === 'any',
        (segment, name) => segment !== 'any' && segment(name),
      ),
    );
  };
}

function partsOf(path: string): string[] {
  return path.split('/').filter((part) => part !== '' && part !== '.');
}

function segmentOf(pattern: string): Segment | 'any' {
  if (pattern === '**') return 'any';
  if (!isGlob(pattern)) return (name) => name === pattern;
  if (pattern.startsWith('*') && !isGlob(pattern.slice(1))) return (name) => name.endsWith(pattern.slice(1));
  const tokens = tokensOf(Array.from(pattern));
  return (name) =>
    matchesAll(
      tokens,
      Array.from(name),
      (token) => token.kind === 'many',
      (token, character) => token.kind === 'one' && token.is(character),
    );
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
  const done: string[] = [];
  const pending = [{ text: pattern, from: 0 }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const braces = firstBraces(next.text, next.from);
    if (!braces) done.push(next.text);
    else
      for (const choice of braces.choices)
        pending.push({
          text: next.text.slice(0, braces.start) + choice + next.text.slice(braces.end + 1),
          from: braces.start,
        });
    if (done.length + pending.length > MOST_ALTERNATIVES)
      throw new RangeError(`braces stand for more than ${MOST_ALTERNATIVES} patterns`);
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
