import { setTimeout as sleep } from 'node:timers/promises';
import { cancellationOf, throwIfStopped } from '../../core/outcome.ts';

const GAP_MS = 1000;
/** The gap at hosts that were asked longest ago is forgotten. */
const MOST_HOSTS = 500;

/** One request at a time to a host, and a moment between two of them: what people expect of whoever reads for them. */
export class HostTurns {
  readonly #gapMs: number;
  /** When the last turn at each host ended, or will have. */
  readonly #last = new Map<string, Promise<number>>();

  constructor(gapMs = GAP_MS) {
    this.#gapMs = gapMs;
  }

  async take<T>(host: string, work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    throwIfStopped(signal);
    const before = this.#last.get(host);
    const over = Promise.withResolvers<number>();
    this.#last.delete(host);
    this.#last.set(host, over.promise);
    for (const oldest of this.#last.keys()) {
      if (this.#last.size <= MOST_HOSTS) break;
      this.#last.delete(oldest);
    }
    try {
      if (before) await untilStopped(this.#afterGap(before), signal);
      return await work();
    } finally {
      // Whoever gives up waiting does not let the next one in before its time.
      void Promise.resolve(before).then(() => {
        over.resolve(performance.now());
      });
    }
  }

  async #afterGap(before: Promise<number>): Promise<void> {
    const left = (await before) + this.#gapMs - performance.now();
    if (left > 0) await sleep(left);
  }
}

async function untilStopped(work: Promise<void>, signal: AbortSignal): Promise<void> {
  const stopped = Promise.withResolvers<never>();
  const stop = (): void => {
    stopped.reject(cancellationOf(signal));
  };
  signal.addEventListener('abort', stop, { once: true });
  try {
    await Promise.race([work, stopped.promise]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
