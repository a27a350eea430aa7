import { newsOf, type HeldEntries } from '../shared/entryNews.ts';
import type { PanelUpdate } from '../shared/protocol.ts';
import type { PanelHead, PanelState } from '../shared/runView.ts';

/**
 * What the panel's page has, and so what it is to be told next. One update is on its way at a time: the next is made of
 * all that differs by then, once that one was taken.
 */
export class PanelFeed {
  #number = 0;
  #page: 'gone' | 'new' | 'told' = 'gone';
  #untaken: number | undefined;
  /** As JSON. */
  #head: string | undefined;
  #entries: HeldEntries | undefined;

  /** A page was loaded: it has nothing. What an earlier one takes from here on is not its word. */
  begin(): void {
    this.#page = 'new';
    this.#untaken = undefined;
    this.#head = undefined;
    this.#entries = undefined;
  }

  /** The page is gone; the next one begins anew. */
  end(): void {
    this.#page = 'gone';
  }

  /** An update could not be posted. */
  lost(): void {
    if (this.#page !== 'gone') this.begin();
  }

  /** The page says what it has taken. False where that is not what it is waited for. */
  taken(number: number): boolean {
    if (this.#untaken !== number) return false;
    this.#untaken = undefined;
    return true;
  }

  /** The state goes to the page again, changed or not: it has to hear that an answer of its own changed nothing. */
  repeatHead(): void {
    this.#head = undefined;
  }

  /** What to say now, if anything; `isAll`: after it the page lacks nothing. */
  next(state: PanelState): { update?: PanelUpdate; isAll: boolean } {
    if (this.#page === 'gone' || this.#untaken !== undefined) return { isAll: false };
    const { run, ...others } = state;
    const head: PanelHead = { ...others, ...(run && { run: withoutEntries(run) }) };
    const json = JSON.stringify(head);
    const { news, held, isAll } = run ? newsOf(run, this.#entries) : { news: undefined, held: undefined, isAll: true };
    this.#entries = held;
    if (json === this.#head && news === undefined) return { isAll };
    const update: PanelUpdate = {
      type: 'update',
      number: (this.#number += 1),
      begins: this.#page === 'new',
      ...(json !== this.#head && { head }),
      ...(news && { entries: news }),
    };
    this.#page = 'told';
    this.#head = json;
    this.#untaken = update.number;
    return { update, isAll };
  }
}

function withoutEntries({ entries: _entries, entriesBefore: _before, ...head }: NonNullable<PanelState['run']>) {
  return head;
}
