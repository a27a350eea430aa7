import { GIT_VALUES } from '../command/gitCall.ts';
import { commandMistake, widerReading } from './commandSpelling.ts';
import { globMatcher, isGlob } from '../scope/glob.ts';
import { absoluteOrNone, goesBack, isInside, relativeTo } from '../scope/spelling.ts';

/** One word of a pattern: exactly this text, a glob over one word, or any number of words. */
type Part = { kind: 'any' } | { kind: 'word'; text: string; fits: (text: string) => boolean };

/** Programs whose first word that is no option says what they do. */
const WITH_SUBCOMMANDS =
  /^(git|gh|glab|hg|svn|npm|npx|yarn|pnpm|bun|deno|pip[0-9.]*|uv|poetry|cargo|go|dotnet|docker|podman|kubectl|helm|terraform|tofu|aws|gcloud|az|systemctl|apt|apt-get|dnf|yum|brew|make|bazel|gradle|mvn)$/;
/** Options in front of a subcommand that take the word behind them, of other programs than git. */
const OTHER_VALUES =
  /^(-[CcHRfnpw]|--(namespace|context|cluster|kubeconfig|profile|region|prefix|workspace|config|repo|project|manifest-path|cwd|dir|directory|file|host|filter))$/;
const SYSTEM_FOLDER = /^(\/usr)?(\/local)?\/s?bin\//;

/** The words of a program start; null where one cannot be known beforehand. */
export type ProgramWords = readonly (string | null)[];

/** A word that is not known beforehand: how it begins, and whether it may be several words, or none. */
export interface OpenWord {
  head: string;
  several: boolean;
}

/** The words of a program start, to be compared with what is forbidden. */
export type WordsToForbid = readonly (string | OpenWord)[];

export interface CommandPattern {
  /** It ends with any words: whatever the program does is meant. */
  isOpen: boolean;
  forbids(words: WordsToForbid): boolean;
  permits(words: ProgramWords, place: ProgramPlace): boolean;
}

/** Where a command starts, and the workspace folders that a pattern with a slash is seen from. */
export interface ProgramPlace {
  cwd: string;
  roots: readonly string[];
  home: string;
}

/** Why a text is no pattern of a command; undefined where it is one. */
export function patternProblem(text: string): string | undefined {
  const mistake = commandMistake(text);
  if (mistake !== undefined) return mistake;
  const words = wordsOf(text);
  if (typeof words === 'string') return words;
  if (words.length === 0) return 'is empty';
  if (words.slice(0, -1).includes('**')) return 'may have ** at its end only';
  if (words[0] === '**' || words[0] === '*') return 'must start with the name of a program';
  return undefined;
}

/** The words of a pattern: split at blanks; quotes keep blanks together. No variables, no operators. */
function wordsOf(text: string): string[] | string {
  const words: string[] = [];
  const pattern = /\s*(?:"([^"]*)"|'([^']*)'|([^\s"']+))(?=\s|$)/y;
  while (pattern.lastIndex < text.trimEnd().length) {
    const match = pattern.exec(text);
    if (!match) return 'has quotes that do not close, or that stand inside a word';
    const bare = match[3];
    if (bare !== undefined && /[;&|<>()$`\\]/.test(bare))
      return `has "${bare}", which is no word of a command: write one program with its arguments`;
    words.push(match[1] ?? match[2] ?? bare ?? '');
  }
  return words;
}

/**
 * A test for program starts. To forbid, a program counts by its name wherever it stands, and a word that is not known
 * beforehand counts as whatever it may be. To permit, everything must be known, and a program given by path must be
 * the system's.
 */
export function commandPattern(text: string): CommandPattern {
  const parts = partsOf(text);
  const byName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
  const rest = parts.slice(1);
  // To forbid, a program is its name alone, on both sides.
  const bySystem = (path: string): string => path.replace(SYSTEM_FOLDER, '');
  const freed = renamed(parts, bySystem);
  const wider = widerReading(text);
  // What a last `*` may be meant for is forbidden, too.
  const barred = [parts, ...(wider === undefined ? [] : [partsOf(wider)])].map((one) => renamed(one, byName));
  return {
    isOpen: parts.at(-1)?.kind === 'any',
    forbids: ([first, ...more]) =>
      // A program that is not known is none that is found; that it may be any is a doubt of its own.
      typeof first === 'string' &&
      behindOptions([byName(first), ...more]).some((shorter) => barred.some((one) => mayFit(one, shorter))),
    permits: (given, place) => {
      const [name, ...others] = named(given, bySystem);
      // Another word with a slash means another file in another folder.
      if (namesFiles(rest) && !place.roots.includes(place.cwd)) return false;
      if (typeof name !== 'string') return false;
      return seenFromFolder(name, place).some((seen) => fits(fromFolder(freed), [seen, ...others]));
    },
  };
}

function partsOf(text: string): Part[] {
  const words = wordsOf(text);
  return (typeof words === 'string' ? [] : words).map((word) =>
    word === '**' ? { kind: 'any' } : { kind: 'word', text: word, fits: fitting(word) },
  );
}

/** With the program called as `name` calls it. */
function renamed(parts: readonly Part[], name: (path: string) => string): readonly Part[] {
  const [program, ...rest] = parts;
  if (program?.kind !== 'word') return parts;
  return [{ kind: 'word', text: name(program.text), fits: fitting(name(program.text)) }, ...rest];
}

function namesFiles(rest: readonly Part[]): boolean {
  return rest.some((part) => part.kind === 'word' && /^[^-/@:]*\/(?!\/)/.test(part.text));
}

/** A program that is given by path: the file, seen from each workspace folder that holds it, and whole. */
function seenFromFolder(name: string, { cwd, roots, home }: ProgramPlace): string[] {
  if (!name.includes('/')) return [name];
  // Behind a link `..` is another folder than it looks.
  if (goesBack(name)) return [];
  const path = absoluteOrNone(name, cwd, home);
  if (path === undefined) return [];
  return [path, ...roots.filter((root) => isInside(root, path)).map((root) => `./${relativeTo(root, path)}`)];
}

/** The pattern in the form of `seenFromFolder`. */
function fromFolder([program, ...rest]: readonly Part[]): readonly Part[] {
  if (program?.kind !== 'word' || !program.text.includes('/') || /^[/~]/.test(program.text))
    return [program, ...rest].filter((part) => part !== undefined);
  const text = `./${program.text.replace(/^(\.\/+)+/, '')}`;
  return [{ kind: 'word', text, fits: fitting(text) }, ...rest];
}

/** The words as they are, and without options before the subcommand: `git -C x push` is a `git push`, too. */
function behindOptions(words: WordsToForbid): WordsToForbid[] {
  const [program, first] = words;
  if (typeof program !== 'string' || !WITH_SUBCOMMANDS.test(program)) return [words];
  if (typeof first === 'string' && !first.startsWith('-')) return [words];
  const takes = program === 'git' ? GIT_VALUES : OTHER_VALUES;
  return Array.from({ length: words.length }, (_, skipped) => [program, ...words.slice(skipped + 1)]).filter(
    ([, next], skipped) => {
      const before = words[skipped];
      // The value of an option is no subcommand, whatever it turns out to be.
      return typeof next !== 'object' || next.several || typeof before !== 'string' || !takes.test(before);
    },
  );
}

function fits(parts: readonly Part[], words: ProgramWords): boolean {
  if (parts.length === 0) return false;
  for (const [index, part] of parts.entries()) {
    if (part.kind === 'any') return !words.slice(index).includes(null);
    const word = words[index];
    if (word === undefined || word === null || !part.fits(word)) return false;
  }
  return words.length === parts.length;
}

/** Whether the words may turn out to fit: how far in the parts one may be after each word. */
function mayFit(parts: readonly Part[], words: WordsToForbid): boolean {
  if (parts.length === 0) return false;
  let at = new Set([0]);
  for (const word of words) {
    const next = new Set<number>();
    for (const index of at) {
      const part = parts[index];
      if (part?.kind === 'any') return true;
      if (typeof word === 'object' && word.several) next.add(index);
      if (!part || !(typeof word === 'string' ? part.fits(word) : mayBe(part, word))) continue;
      next.add(index + 1);
      // Of several words only the first begins as it does.
      if (typeof word === 'object' && word.several)
        for (let more = index + 2; more <= parts.length; more += 1) next.add(more);
    }
    if (next.size === 0) return false;
    at = next;
  }
  return at.has(parts.length) || parts.some((part, index) => part.kind === 'any' && at.has(index));
}

function mayBe(part: Exclude<Part, { kind: 'any' }>, { head }: OpenWord): boolean {
  return isGlob(part.text) || part.text.startsWith(head);
}

function named([program, ...rest]: ProgramWords, name: (path: string) => string): ProgramWords {
  return program === undefined ? [] : [program === null ? null : name(program), ...rest];
}

/** `*` within one word: slashes are ordinary characters here. */
function fitting(pattern: string): (text: string) => boolean {
  if (!isGlob(pattern)) return (text) => text === pattern;
  const flat = (text: string): string => text.replaceAll('/', '\u0001').replace(/^\.$/, '\u0002') || '\u0003';
  const matcher = globMatcher(flat(pattern));
  return (text) => matcher(flat(text));
}
