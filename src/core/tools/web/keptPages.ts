import type { FetchedPage } from './pageReply.ts';

/** Pages of a run that are kept to be read on, the ones fetched last. */
const MOST_KEPT = 4;

/** A page as it was fetched once. Nothing of it changes; one that is fetched anew is another one. */
export interface KeptPage {
  /** Which of the run's pages it is. */
  number: number;
  fetched: FetchedPage;
}

export class KeptPages {
  readonly #pages = new Map<string, KeptPage>();
  #count = 0;

  keep(url: string, all: boolean, fetched: FetchedPage): void {
    const key = keyOf(url, all);
    this.#count += 1;
    this.#pages.delete(key);
    this.#pages.set(key, { number: this.#count, fetched });
    for (const oldest of this.#pages.keys()) if (this.#pages.size > MOST_KEPT) this.#pages.delete(oldest);
  }

  of(url: string, all: boolean): KeptPage | undefined {
    return this.#pages.get(keyOf(url, all));
  }
}

function keyOf(url: string, all: boolean): string {
  return `${all} ${url}`;
}
