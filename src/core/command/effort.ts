/** Steps of understanding: a node visited, a word made, a path named, a variable carried along. */
const MOST_STEPS = 20_000;
/** Characters of what is kept as the meaning: words of programs, paths, reasons. All of it is recorded. */
const MOST_KEPT = 100_000;

/** The command line is more than is looked into. Thrown within `understand` alone, which makes a doubt of it. */
export class TooMuch extends Error {
  override name = 'TooMuch';
}

/**
 * What may be spent on one command line, the scripts within it included. It is counted, not timed: a line is understood
 * everywhere or nowhere.
 */
export class Effort {
  #steps = 0;
  #kept = 0;

  /** How many steps have been taken. */
  get spent(): number {
    return this.#steps;
  }

  step(count = 1): void {
    this.#steps += count;
    if (this.#steps > MOST_STEPS) throw new TooMuch('it has too many parts');
  }

  /** A text has come into being, or is gone through once. */
  text(length: number): void {
    this.step(1 + (length >> 6));
  }

  /** A text becomes part of the meaning. */
  keep(length: number): void {
    this.step();
    this.#kept += length;
    if (this.#kept > MOST_KEPT) throw new TooMuch('it has too many parts');
  }
}
