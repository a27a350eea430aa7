import { Cancelled, LimitReached } from '../outcome.ts';
import { atLimit } from './atLimit.ts';
import { timeIsUp } from './limits.ts';
import type { Talk } from './talk.ts';

/**
 * The end of a run's time. Where a person is there they are asked at once, while what had begun goes on to its end, and
 * nothing further begins before they have answered. Otherwise the work ends where it is.
 */
export class TimeLimit {
  readonly #work: AbortController;
  readonly #over = new AbortController();
  #asking: Promise<void> = Promise.resolve();

  /** `work`: what is ended. */
  constructor(work: AbortController) {
    this.#work = work;
  }

  up(talk: Talk, seconds: number, signal: AbortSignal): void {
    const limit = timeIsUp(seconds);
    this.#asking = atLimit(talk, limit, AbortSignal.any([signal, this.#over.signal])).then(
      (outcome) => {
        if (outcome) this.#work.abort(new LimitReached(limit.words));
      },
      (error: unknown) => {
        if (!this.#over.signal.aborted) this.#work.abort(error);
      },
    );
  }

  /** The work came to its end by itself: a question about its time is taken back. */
  async over(): Promise<void> {
    this.#over.abort(new Cancelled('The work came to its end.'));
    await this.#asking;
  }

  /** Returns once nobody is being asked. */
  async answered(): Promise<void> {
    await this.#asking;
  }
}
