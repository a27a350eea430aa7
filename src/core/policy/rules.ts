import type { Action, CommandMeaning } from '../../shared/action.ts';
import type { Origin, Verdict } from '../../shared/decision.ts';
import { cutVisibly } from '../../shared/cut.ts';
import type { Started } from '../kinds/kind.ts';
import { kindOf } from '../kinds/table.ts';
import { forbidding, permitting, type PathRule } from '../scope/pathRule.ts';
import { isInside } from '../scope/spelling.ts';
import { commandPattern, type CommandPattern, type WordsToForbid } from './commandPattern.ts';
import type { Layer } from './layer.ts';
import { coverOf, type CoverContext } from './lineCover.ts';
import type { RuleKeys } from './ruleSchema.ts';
import { INCLUDED, TOOL_NAMES, type ToolName } from './toolNames.ts';
import { commandDenial, unreadDenial } from './unreadLine.ts';

/** A rule as it was written, with its place. */
export interface Rule {
  keys: RuleKeys;
  origin: Origin;
  paths: PathRule[];
}

/** The rules of one policy file, in order. */
export interface RuleList {
  layer: Layer;
  /** Whether what they allow counts: the organization's and the user's, and a workspace's once it is accepted. */
  mayLoosen: boolean;
  base?: string;
  rules: Rule[];
}

/** What rules say of an action. */
export interface Ruling {
  verdict: Verdict;
  name: string;
  why: string;
  origin: Origin;
  eachTime: boolean;
  /** Whether it speaks of paths, and so of likely secrets among them. */
  isAboutPaths: boolean;
}

const STRICTNESS: Record<Verdict, number> = { allow: 0, ask: 1, deny: 2 };

/**
 * Rules ready to be asked. Each file's first matching rule is its word. The organization's word binds the user's, and
 * both bind the workspace's: a later layer only ever makes it stricter, unless nobody before it has spoken.
 */
export class Rulebook {
  readonly #books: readonly (readonly CompiledList[])[];
  readonly #denial: Rule | undefined;

  /** `books`: the rules of each policy in force; the strictest of them counts (see restrict.ts). */
  constructor(books: readonly (readonly RuleList[])[], context: CoverContext) {
    this.#books = books.map((lists) => lists.map((list) => compiled(list, context)));
    this.#denial = commandDenial(books);
  }

  ruling(action: Action): Ruling | undefined {
    const said = this.#ruling(action);
    return said?.verdict === 'deny' ? said : (this.#unread(action) ?? said);
  }

  /** The part of a command that keeps a rule from allowing it, which allows the rest; undefined where no rule does. */
  asking(action: Action): string | undefined {
    const started = kindOf(action).starts(action);
    if (!started) return undefined;
    for (const { mayLoosen, rules } of this.#books.flat())
      for (const { left } of mayLoosen ? rules : []) {
        const words = left(started);
        if (words !== undefined) return words;
      }
    return undefined;
  }

  #unread(action: Action): Ruling | undefined {
    const denial = unreadDenial(this.#denial, action);
    if (!this.#denial || !denial) return undefined;
    return { verdict: 'deny', ...denial, origin: this.#denial.origin, eachTime: false, isAboutPaths: false };
  }

  #ruling(action: Action): Ruling | undefined {
    const rulings = this.#books.map((lists) => rulingOf(lists, action));
    // A book that says nothing leaves the default, which is stricter than any allowance.
    if (rulings.some((one) => one === undefined) && rulings.some((one) => one?.verdict === 'allow'))
      return rulings.find((one) => one !== undefined && one.verdict !== 'allow');
    const strictest = rulings.reduce<Ruling | undefined>((found, one) => stricter(found, one), undefined);
    // Likely secrets are allowed where every book speaks of paths, and not where only one does.
    return strictest && { ...strictest, isAboutPaths: rulings.every((one) => !one || one.isAboutPaths) };
  }
}

interface CompiledList {
  layer: Layer;
  mayLoosen: boolean;
  rules: { rule: Rule; matches: (action: Action) => boolean; left: (started: Started) => string | undefined }[];
}

function rulingOf(lists: readonly CompiledList[], action: Action): Ruling | undefined {
  let said: Ruling | undefined;
  let isBound = false;
  for (const { layer, mayLoosen, rules } of lists) {
    const found = rules.find(({ rule, matches }) => (rule.keys.decision !== 'allow' || mayLoosen) && matches(action));
    if (!found) continue;
    const { keys, origin } = found.rule;
    const ruling: Ruling = {
      verdict: keys.decision,
      name: cutVisibly(`rules: ${keys.decision} ${(keys.commands ?? keys.paths ?? keys.tools ?? []).join(', ')}`, 200),
      why: keys.why,
      origin,
      eachTime: keys.each_time === true,
      isAboutPaths: keys.paths !== undefined,
    };
    said = isBound && layer !== 'organization' ? stricter(said, ruling) : ruling;
    isBound = true;
  }
  return said;
}

function stricter(a: Ruling | undefined, b: Ruling | undefined): Ruling | undefined {
  if (!a || !b) return a ?? b;
  if (STRICTNESS[b.verdict] > STRICTNESS[a.verdict]) return b;
  return a.verdict === b.verdict && b.eachTime ? { ...a, eachTime: true } : a;
}

function compiled(list: RuleList, context: CoverContext): CompiledList {
  return {
    layer: list.layer,
    mayLoosen: list.mayLoosen,
    rules: list.rules.map((rule) => ({
      rule,
      matches: within(list.base, rule, matcher(rule, context)),
      left: leftBy(rule, context),
    })),
  };
}

/** A folder's own policy allows in that folder alone. */
function within(
  base: string | undefined,
  rule: Rule,
  matches: (action: Action) => boolean,
): (action: Action) => boolean {
  if (base === undefined || rule.keys.decision !== 'allow') return matches;
  return (action) => matches(action) && action.resources.every(({ path }) => isInside(base, path));
}

function placesOf({ in: places }: RuleKeys): Holding[] | undefined {
  return places?.map((one): Holding => ({ folder: folderOf(one), isBelow: one.endsWith('/**') }));
}

/** What of a command line a rule does not speak of that allows another part of it; undefined for any other rule. */
function leftBy({ keys }: Rule, context: CoverContext): (started: Started) => string | undefined {
  if (keys.decision !== 'allow' || !keys.commands) return () => undefined;
  const patterns = keys.commands.map(commandPattern);
  const places = placesOf(keys);
  return (started) => {
    const cover = coverOf(patterns, started, context, (folder) => holdsIn(places, folder));
    return cover.kind === 'part' ? cover.left : undefined;
  };
}

/** Whether an action is what a rule speaks of. Allowing wants everything in it covered, asking and denying one thing. */
export function matcher(rule: Rule, context: CoverContext): (action: Action) => boolean {
  const { keys } = rule;
  const allows = keys.decision === 'allow';
  const tools = keys.tools && toolsMeant(keys.tools, allows);
  const places = placesOf(keys);
  const patterns = keys.commands?.map(commandPattern);
  const paths = rule.paths.map((path) => (allows ? permitting(path, context) : forbidding(path, context)));
  const onPath = (path: string): boolean => paths.some((one) => one.matches(path));
  return (action) => {
    if (tools && !tools.has(action.tool)) return false;
    const kind = kindOf(action);
    const started = kind.starts(action);
    if (places && !started && !liesIn(places, action)) return false;
    // Behind a `cd` the same words are another command.
    if (places && started && !patterns && (started.command.moves === true || !holdsIn(places, started.cwd)))
      return false;
    if (patterns && !started) return false;
    if (patterns && started) {
      const fits = allows
        ? coverOf(patterns, started, context, (folder) => holdsIn(places, folder)).kind === 'all'
        : forbidsCommand(patterns, started);
      if (!fits) return false;
    }
    if (keys.paths === undefined) return true;
    if (!allows) return action.resources.some(({ path }) => onPath(path));
    const touched = kind.toCover(action, patterns !== undefined) ?? [];
    return touched.length > 0 && touched.every(({ path }) => onPath(path));
  };
}

/** What allows speaks of these tools alone; what asks or denies, of those too whose calls do a part of the same. */
function toolsMeant(names: readonly ToolName[], allows: boolean): ReadonlySet<string> {
  const including = TOOL_NAMES.filter((name) => INCLUDED[name]?.some((one) => names.includes(one)));
  return new Set(allows ? names : [...names, ...including]);
}

/** A folder of `in`, and whether commands may start below it too. */
interface Holding {
  folder: string;
  isBelow: boolean;
}

/** Whether calls other than commands lie where a rule holds. */
function liesIn(places: readonly Holding[], { resources }: Action): boolean {
  return resources.length > 0 && resources.every(({ path }) => places.some(({ folder }) => isInside(folder, path)));
}

/** Whether what starts in a folder starts where a rule holds. */
function holdsIn(places: readonly Holding[] | undefined, start: string | undefined): boolean {
  if (!places) return true;
  if (start === undefined) return false;
  return places.some(({ folder, isBelow }) => (isBelow ? isInside(folder, start) : folder === start));
}

/** `/a` for `/a`, `/a/` and `/a/**`. */
function folderOf(written: string): string {
  return written.replace(/\/\*\*$/, '').replace(/(?<!\/)\/+$/, '') || '/';
}

/** To ask or deny, a program counts by its name anywhere. */
function forbidsCommand(patterns: readonly CommandPattern[], { command }: Started): boolean {
  return wordsToForbid(command).some((words) => patterns.some((pattern) => pattern.forbids(words)));
}

/** The programs with what is known of their unknown words. */
function wordsToForbid({ programs, open = [] }: CommandMeaning): WordsToForbid[] {
  const known = new Map(open.map(({ program, word, head, several }) => [`${program} ${word}`, { head, several }]));
  return programs.map((words, program) =>
    words.map((text, word) => text ?? known.get(`${program} ${word}`) ?? { head: '', several: true }),
  );
}
