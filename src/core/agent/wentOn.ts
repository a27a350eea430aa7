import { Refusal } from '../outcome.ts';
import type { RunParts } from './runParts.ts';

/** Somebody else went on with a run that was at rest here: from what is known of it here nothing goes on. */
export class WentOn extends Refusal {
  override name = 'WentOn';
  constructor() {
    super('This run went on in another window or terminal. Show it again, and send your message then.');
  }
}

/** Which of a run's stored conversations is the one in memory; none before any is stored. */
export class StoredPlace {
  readonly #parts: Pick<RunParts, 'store' | 'id'>;
  #seq: number | undefined;

  constructor({ store, id }: Pick<RunParts, 'store' | 'id'>, seq: number | undefined) {
    this.#parts = { store, id };
    this.#seq = seq;
  }

  /** Whether another one is stored by now. */
  async isOther(): Promise<boolean> {
    const now = this.#seq === undefined ? undefined : await this.#parts.store.conversationSeq(this.#parts.id);
    return now !== undefined && now !== this.#seq;
  }

  /** Notes which it is; where that cannot be read, it is found to be another one later. */
  async note(): Promise<void> {
    this.#seq = await this.#parts.store.conversationSeq(this.#parts.id).catch(() => this.#seq);
  }
}
