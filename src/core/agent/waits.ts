import { cancellationOf } from '../outcome.ts';
import type { Clock } from '../clock.ts';

/** How a server that failed is asked again: so many times, each after a longer wait. */
export interface Backoff {
  tries: number;
  firstMs: number;
  longestMs: number;
  /** A server that wants to be left alone for longer than this is not waited for. */
  patienceMs: number;
  /** How long is waited for a model's last word. */
  lastWordMs: number;
}

export const BACKOFF: Backoff = {
  tries: 5,
  firstMs: 1000,
  longestMs: 30_000,
  patienceMs: 120_000,
  lastWordMs: 60_000,
};

/** What waiting needs. `random`: from 0 up to 1, so that many who failed at once do not come back at once. */
export interface Waits {
  clock: Clock;
  random(): number;
  backoff: Backoff;
}

/** Milliseconds to wait before a server is asked for the `next`th time again; undefined where that is too long. */
export function waitBefore(
  next: number,
  retryAfter: number | undefined,
  { random, backoff }: Omit<Waits, 'clock'>,
): number | undefined {
  const { firstMs, longestMs, patienceMs } = backoff;
  const grown = Math.min(longestMs, firstMs * 2 ** (next - 1));
  const own = grown / 2 + (grown / 2) * random();
  if (retryAfter === undefined) return Math.round(own);
  const asked = retryAfter * 1000;
  // No sooner than the server wants it, and not all in the same moment.
  return asked > patienceMs ? undefined : Math.round(asked + Math.min(own, firstMs) * random());
}

/** Waits; throws `Cancelled` when the signal fires first. */
export function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stopped = (): void => {
      cancel();
      reject(cancellationOf(signal));
    };
    const cancel = clock.after(ms, () => {
      signal.removeEventListener('abort', stopped);
      resolve();
    });
    if (signal.aborted) stopped();
    else signal.addEventListener('abort', stopped, { once: true });
  });
}
