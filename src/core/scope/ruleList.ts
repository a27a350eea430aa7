import { folded, type ForbiddingRule } from './pathRule.ts';

/** Names are kept as they come by; of more than these none. */
const MOST_NAMES = 20_000;

/**
 * Rules that forbid, in order. Most of them need a certain name somewhere in a path to match at all: they are looked
 * for by the names that a path has, so that a path with none of these names costs next to nothing, however many rules
 * there are. A pass over a workspace asks about every entry.
 */
export class RuleList {
  readonly #rules: readonly ForbiddingRule[];
  /** Rules that may match whatever names a path has, by their place in the list. */
  readonly #always: readonly number[];
  readonly #byName = new Map<string, number[]>();
  /** Rules that need a name of some form. */
  readonly #byForm: { at: number; fits: (name: string) => boolean }[] = [];
  /** By a name as it is written, which rules may match a path with that name in it. */
  #known = new Map<string, readonly number[]>();
  /** The same of all names of the folder that was asked about last: the next path most likely lies in it too. */
  #folder: { path: string; places: readonly number[] } | undefined;

  constructor(rules: readonly ForbiddingRule[]) {
    this.#rules = rules;
    const always: number[] = [];
    for (const [at, { needs }] of rules.entries()) {
      if (needs === undefined) always.push(at);
      for (const name of new Set(needs?.names)) this.#byName.set(name, [...(this.#byName.get(name) ?? []), at]);
      for (const fits of needs?.forms ?? []) this.#byForm.push({ at, fits });
    }
    this.#always = always;
  }

  /** The first rule that matches a path, as all of them asked in turn would say. */
  find(path: string): ForbiddingRule | undefined {
    const places = this.#placesIn(path);
    const sorted = places.length === 0 ? this.#always : [...this.#always, ...places].sort((a, b) => a - b);
    for (const at of sorted) if (this.#rules[at]?.matches(path) === true) return this.#rules[at];
    return undefined;
  }

  /** Whether a path lies above one that a rule names. */
  isAbove(path: string): boolean {
    return this.#rules.some((rule) => rule.isAbove(path));
  }

  #placesIn(path: string): readonly number[] {
    const cut = path.lastIndexOf('/');
    const folder = path.slice(0, Math.max(0, cut));
    if (this.#folder?.path !== folder)
      this.#folder = { path: folder, places: folder.split('/').flatMap((name) => this.#placesOf(name)) };
    const own = this.#placesOf(path.slice(cut + 1));
    if (own.length === 0) return this.#folder.places;
    return this.#folder.places.length === 0 ? own : [...this.#folder.places, ...own];
  }

  #placesOf(name: string): readonly number[] {
    const known = this.#known.get(name);
    if (known) return known;
    const form = folded(name);
    const places = [
      ...(this.#byName.get(form) ?? []),
      ...this.#byForm.flatMap(({ at, fits }) => (fits(form) ? [at] : [])),
    ];
    if (this.#known.size >= MOST_NAMES) this.#known = new Map();
    this.#known.set(name, places);
    return places;
  }
}
