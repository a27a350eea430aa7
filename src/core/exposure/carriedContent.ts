import type { Carried } from '../../shared/exposure.ts';

const MOST_ENTRIES = 2000;
/** A path is no longer (PATH_MAX, limits.h); what is was made by somebody else. */
const MOST_LENGTH = 4200;

/** In which sendings which files were, over a run: as many as there is room for, and whether there were more. */
export class CarriedContent {
  readonly #entries = new Map<string, Carried>();
  #hasMore = false;

  /** What one sending held. */
  add(entries: readonly string[], turn: number): void {
    for (const entry of new Set(entries)) {
      const known = this.#entries.get(entry);
      if (known) {
        known.sendings += 1;
        known.firstTurn = Math.min(known.firstTurn, turn);
        known.lastTurn = Math.max(known.lastTurn, turn);
      } else if (this.#entries.size < MOST_ENTRIES && entry.length <= MOST_LENGTH)
        this.#entries.set(entry, { entry, sendings: 1, firstTurn: turn, lastTurn: turn });
      else this.#hasMore = true;
    }
  }

  get hasMore(): boolean {
    return this.#hasMore;
  }

  /** By name, so that the same sendings give the same list. */
  list(): Carried[] {
    return [...this.#entries.values()]
      .map((one) => ({ ...one }))
      .sort(({ entry: a }, { entry: b }) => (a < b ? -1 : a > b ? 1 : 0));
  }
}
