import type { ForbiddingRule } from './pathRule.ts';

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

  constructor(rules: readonly ForbiddingRule[]) {
    this.#rules = rules;
    const always: number[] = [];
    for (const [at, { needs }] of rules.entries()) {
      if (needs === undefined) always.push(at);
      for (const name of new Set(needs)) this.#byName.set(name, [...(this.#byName.get(name) ?? []), at]);
    }
    this.#always = always;
  }

  /** The first rule that matches a path, as all of them asked in turn would say. */
  find(path: string): ForbiddingRule | undefined {
    const [first] = this.#rules;
    if (!first) return undefined;
    let places: number[] | undefined;
    for (const name of first.namesIn(path)) {
      const own = this.#byName.get(name);
      if (own) (places ??= [...this.#always]).push(...own);
    }
    const sorted = places ? places.sort((a, b) => a - b) : this.#always;
    for (const at of sorted) if (this.#rules[at]?.matches(path) === true) return this.#rules[at];
    return undefined;
  }

  /** Whether a path lies above one that a rule names. */
  isAbove(path: string): boolean {
    return this.#rules.some((rule) => rule.isAbove(path));
  }
}
