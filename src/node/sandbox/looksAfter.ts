import { setTimeout as pause } from 'node:timers/promises';
import { throwIfStopped, ToolFailure } from '../../core/outcome.ts';

const MOST_MS = 15_000;

/** What was found after a command: what was set aside; what was left, and whether there is more to look at. */
export interface LookedAfter {
  quarantined: string[];
  notes: string[];
}

/**
 * Looks at what commands left behind, which may be a great many entries. A look that takes too long goes on while the
 * result of its command returns, and until it is over no other command begins: what it sets aside is told with the next
 * one that may change the workspace.
 */
export class LooksAfter {
  readonly #unfinished = new Set<Promise<void>>();
  readonly #mostMs: number;
  #late: LookedAfter = { quarantined: [], notes: [] };

  constructor(mostMs = MOST_MS) {
    this.#mostMs = mostMs;
  }

  /**
   * Throws what the look throws, if it does so in time; later that is a sentence of its own. While somebody is asked about
   * what was found, the time stands still.
   */
  async wait(look: Promise<LookedAfter>, isAsking = () => false): Promise<LookedAfter> {
    let looked = await within(look, this.#mostMs);
    while (!looked && isAsking()) looked = await within(look, this.#mostMs);
    if (looked) return looked;
    const rest = look
      .then(
        ({ quarantined, notes }) => {
          this.#late.quarantined.push(...quarantined);
          this.#late.notes.push(...notes);
        },
        (error: unknown) => {
          const why = error instanceof Error ? error.message : String(error);
          this.#late.quarantined.push(
            `[what an earlier command left could not be looked through (${why}): look at it yourself]`,
          );
        },
      )
      .finally(() => this.#unfinished.delete(rest));
    this.#unfinished.add(rest);
    const note =
      'it left so many entries that they are still being looked through for what would run later; no other command begins before that is done, and what is set aside is told with the next one';
    return { quarantined: [], notes: [note] };
  }

  /** Before a command: waits for earlier looks, and throws where one is not over yet. */
  async finished(signal: AbortSignal): Promise<void> {
    if (this.#unfinished.size === 0) return;
    const isOver = await within(
      this.over().then(() => true),
      this.#mostMs,
      signal,
    );
    throwIfStopped(signal);
    if (isOver !== true)
      throw new ToolFailure(
        'what an earlier command left in the workspace is still being looked through, and no command runs before that is done; try again later, or delete what it made',
      );
  }

  /** What was found after the result of its command was given; told once. */
  late(): LookedAfter {
    const late = this.#late;
    this.#late = { quarantined: [], notes: [] };
    return late;
  }

  /** Settles once every look is over, however long that takes. */
  async over(): Promise<void> {
    await Promise.all(this.#unfinished);
  }
}

/** Undefined where the time is over first, or the signal says to stop. */
async function within<T>(work: Promise<T>, ms: number, signal?: AbortSignal): Promise<T | undefined> {
  const timer = new AbortController();
  const either = signal ? AbortSignal.any([timer.signal, signal]) : timer.signal;
  try {
    return await Promise.race([work, pause(ms, undefined, { signal: either }).catch(() => undefined)]);
  } finally {
    timer.abort();
  }
}
