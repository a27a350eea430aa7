import type { Origin } from '../../shared/decision.ts';
import { escapeGlob, globMatcher, isGlob, namesNeeded, type NeededNames } from './glob.ts';
import { absolutePath, isInside, nameOf } from './spelling.ts';

/** One entry of a path list in a policy. */
export interface PathRule {
  /** As written in the policy. */
  written: string;
  origin: Origin;
  /** The workspace folder whose own policy holds it; relative entries mean that folder, else every one. */
  base?: string;
  /** Where the paths that it names really are, when links lead there: it binds these too. */
  real?: readonly string[];
}

/** One layer's list of what is allowed; a folder's own list (`base`) narrows that folder alone, an empty one empties it. */
export interface AllowedPaths {
  base?: string;
  rules: PathRule[];
}

/** A path rule ready to be asked. */
export interface CompiledRule extends PathRule {
  matches(path: string): boolean;
}

/** A rule that forbids can also say whether a path lies above one that it names: a link there leads to another. */
export interface ForbiddingRule extends CompiledRule {
  /** Of which names (`folded`) a path must have one for the rule to match; undefined where that cannot be said. */
  readonly needs: NeededNames | undefined;
  isAbove(path: string): boolean;
}

/** A rule that permits can also say which folders lie above what it permits. */
export interface PermittingRule extends CompiledRule {
  leadsTo(folder: string): boolean;
}

export interface RuleContext {
  /** The folders that relative entries mean. */
  roots: readonly string[];
  home: string;
}

/** More than letters to be made small: a sign that is not plain ASCII, or a dot or space at the end of a segment. */
const IS_FOLDED_OTHERWISE = /[^\x20-\x7E]|[. ](?:\/|$)/;

/**
 * One form for all spellings that some file system takes as the same name: Unicode compatibility forms, case,
 * characters that are not seen (HFS+ drops them), and the trailing dots and spaces that Windows drops. Rules that
 * forbid compare in this form, so they may bind a little more than they say and never less.
 */
export function folded(path: string): string {
  if (!IS_FOLDED_OTHERWISE.test(path)) return path.toLowerCase();
  return path
    .split('/')
    .map((segment) => {
      const cased = segment
        .normalize('NFKC')
        .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
        .toUpperCase()
        .toLowerCase();
      // U+FF0F and its kind become a slash, which is no separator here; a sigma at a word's end is still a sigma.
      const form = cased.normalize('NFKC').replaceAll('/', '\u2215').replaceAll('ς', 'σ');
      return form.replace(/[. ]+$/, '') || segment;
    })
    .join('/');
}

/** A path as rules that forbid see it: `inside` is what counts for names that bind at any depth. */
interface Seen {
  path: string;
  whole: string;
  inside: string;
  names: ReadonlySet<string>;
}

const MOST_KEPT = 2000;
let kept: { roots: readonly string[]; seen: Map<string, Seen>; last: Seen | undefined } = {
  roots: [],
  seen: new Map(),
  last: undefined,
};

/**
 * `folded`, kept for the paths that were asked about lately: hundreds of rules are asked about the same ones. Names of
 * the folders that the workspace lies in say nothing about what is in it: a workspace below `~/.claude/worktrees` is no
 * `.claude`.
 */
function seenOnce(path: string, roots: readonly string[]): Seen {
  if (kept.roots !== roots || kept.seen.size >= MOST_KEPT) kept = { roots, seen: new Map(), last: undefined };
  const known = kept.last?.path === path ? kept.last : kept.seen.get(path);
  if (known) return known;
  const whole = folded(path);
  const root = roots.reduce((longest, one) => (isInside(one, path) && one.length > longest.length ? one : longest), '');
  const inside = root === '' || root === '/' ? whole : folded(path.slice(root.length));
  const made = { path, whole, inside, names: new Set(inside.split('/')) };
  kept.seen.set(path, made);
  kept.last = made;
  return made;
}

/** As `folded`, for a pattern: what only becomes a `*` or a bracket by folding stays an ordinary character. */
function foldedGlob(pattern: string): string {
  return folded(
    pattern.replace(/[^\p{ASCII}]/gu, (character) => {
      const form = character.normalize('NFKC');
      return isGlob(form) ? escapeGlob(form) : character;
    }),
  );
}

/**
 * A rule that forbids: binds the path it names and everything below it. Entries with no slash (`.env`, `*.pem`)
 * bind that name at any depth below a workspace folder, and anywhere outside; other relative entries start at each
 * workspace folder. A folder's own policy binds inside that folder. An entry with brackets or other signs of a glob
 * also binds the file that is called exactly so.
 */
export function forbidding(rule: PathRule, context: RuleContext): ForbiddingRule {
  const { written } = rule;
  const real = (rule.real ?? []).map(folded);
  const name = nameAlone(written);
  const below = name === undefined ? [...literalPaths(rule, context).map(folded), ...real] : real;
  const called = name === undefined ? undefined : folded(name);
  const patterns = isGlob(written) ? globsOf(rule, context).map(foldedGlob) : [];
  const globs = patterns.map((glob) => globMatcher(`${glob}/**`));
  // A name at any depth is above nothing: it is found where it stands.
  const leading = name === undefined ? patterns.flatMap(foldersOf).map(globMatcher) : [];
  const isElsewhere = (path: string): boolean => rule.base !== undefined && !isInside(rule.base, path);
  return {
    ...rule,
    needs: needsOf({ below, called, patterns }),
    isAbove(path) {
      if (isElsewhere(path) || (below.length === 0 && leading.length === 0)) return false;
      const { whole } = seenOnce(path, context.roots);
      return below.some((one) => one !== whole && isInside(whole, one)) || leading.some((glob) => glob(whole));
    },
    matches(path) {
      if (isElsewhere(path)) return false;
      const { whole, inside, names } = seenOnce(path, context.roots);
      if (below.some((folder) => isInside(folder, whole))) return true;
      if (called !== undefined && names.has(called)) return true;
      return globs.some((glob) => glob(name === undefined ? whole : inside));
    },
  };
}

/** What must be in a path for a rule of these parts: the last name of what it names, or of each of its globs. */
function needsOf(parts: { below: string[]; called: string | undefined; patterns: string[] }): NeededNames | undefined {
  const needed = parts.patterns.map(namesNeeded);
  if (needed.includes(undefined) || parts.below.some((path) => nameOf(path) === '')) return undefined;
  const named = parts.called === undefined ? [] : [parts.called];
  return {
    names: [...parts.below.map(nameOf), ...named, ...needed.flatMap((one) => one?.names ?? [])],
    forms: needed.flatMap((one) => one?.forms ?? []),
  };
}

/** The folders above what a glob fits, as globs; not those that may be any. */
function foldersOf(glob: string): string[] {
  const segments = glob.split('/');
  return segments.flatMap((segment, index) =>
    index < segments.length - 1 && segment !== '' && segment !== '**' ? [segments.slice(0, index + 1).join('/')] : [],
  );
}

/** A rule that permits: compares exactly, and takes no name at any depth. Globs work as in the others. */
export function permitting(rule: PathRule, context: RuleContext): PermittingRule {
  const literals = [...literalPaths(rule, context), ...(rule.real ?? [])];
  const patterns = isGlob(rule.written) ? globsOf(rule, context, 'exact') : [];
  const globs = patterns.map((glob) => globMatcher(`${glob}/**`));
  const leading = patterns.flatMap((glob) => {
    const segments = glob.split('/');
    return segments.map((_, index) => globMatcher(segments.slice(0, index + 1).join('/')));
  });
  return {
    ...rule,
    matches: (path) =>
      (rule.base === undefined || isInside(rule.base, path)) &&
      (literals.some((folder) => isInside(folder, path)) || globs.some((glob) => glob(path))),
    leadsTo: (folder) => literals.some((path) => isInside(folder, path)) || leading.some((glob) => glob(folder)),
  };
}

/** The paths that a rule names letter by letter; for an entry with no slash, that name in each folder. */
export function literalPaths(rule: PathRule, context: RuleContext): string[] {
  return [...new Set(rootsOf(rule, context).map((root) => absolutePath(rule.written, root, context.home)))];
}

function globsOf(rule: PathRule, context: RuleContext, names: 'anywhere' | 'exact' = 'anywhere'): string[] {
  const name = nameAlone(rule.written);
  if (name !== undefined && names === 'anywhere') return [`/**/${name}`];
  return rootsOf(rule, context).map((root) => absolutePath(rule.written, escapeGlob(root), escapeGlob(context.home)));
}

function rootsOf(rule: PathRule, context: RuleContext): readonly string[] {
  return rule.base === undefined ? context.roots : [rule.base];
}

/** The name that an entry with no slash binds at any depth. */
function nameAlone(written: string): string | undefined {
  const bare = written.replace(/\/+$/, '');
  return bare === '' || bare.includes('/') || ['~', '.', '..'].includes(bare) ? undefined : bare;
}
