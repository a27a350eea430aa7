import type { QueuedMessage } from '../../shared/runView.ts';
import type { Image } from '../models/images.ts';

/** What a person says at once. */
export interface Said {
  text: string;
  images?: readonly Image[];
  /** How many things a person has said in the run by then, where that is known. */
  number?: number;
}

interface Waiting extends QueuedMessage, Said {
  /** It stands in the transcript already: it was said before, and could not be taken up. */
  isShown: boolean;
}

/** What a person said that the model has not been told yet: it joins at the next turn, and can be taken back until then. */
export class WaitingMessages {
  readonly #taken: (said: Said) => void;
  #waiting: Waiting[] = [];

  /** `taken`: hears what is said now, unless the transcript has it. */
  constructor(taken: (said: Said) => void) {
    this.#taken = taken;
  }

  get texts(): string[] {
    return this.#waiting.map(({ text }) => text);
  }

  /** Those that can be taken back. */
  get list(): QueuedMessage[] {
    return this.#waiting.filter(({ isShown }) => !isShown).map(({ id, text }) => ({ id, text }));
  }

  add(message: QueuedMessage & Said): void {
    this.#waiting.push({ ...message, isShown: false });
  }

  /** It could not be said: it is the first that is said at the next try. */
  putBack(said: Said): void {
    this.#waiting.unshift({ id: '', ...said, isShown: true });
  }

  /** False where it does not wait any more: the model has it. */
  withdraw(id: string): boolean {
    const left = this.#waiting.filter((one) => one.isShown || one.id !== id);
    const isThere = left.length < this.#waiting.length;
    this.#waiting = left;
    return isThere;
  }

  /** All that waits, which is said now. */
  take(): Said[] {
    const taken = this.#waiting;
    this.#waiting = [];
    for (const said of taken) if (!said.isShown) this.#taken(said);
    return taken.map(({ text, images }) => ({ text, ...(images && { images }) }));
  }
}
