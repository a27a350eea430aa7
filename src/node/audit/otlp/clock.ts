import { setTimeout as pause } from 'node:timers/promises';

/** Time and chance, as the exporter needs them. */
export interface OtlpClock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Ends early, and without an error, when the signal is aborted. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
  /** At least 0, and less than 1. */
  random(): number;
}

/** A wait keeps no process alive: what is not sent stays in the log. */
export const realClock: OtlpClock = {
  now: Date.now,
  wait: (ms, signal) => pause(ms, undefined, { signal, ref: false }).catch(() => undefined),
  random: Math.random,
};
