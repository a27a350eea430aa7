import type { Clock } from '../clock.ts';

/** A run's time limit that stands still while a person is being waited for; it comes to its end once. */
export class RunClock {
  readonly #clock: Clock;
  readonly #onEnd: () => void;
  #left: number;
  #used = 0;
  #since: number | undefined;
  #cancel: (() => void) | undefined;
  #isOver = false;

  constructor(clock: Clock, limitMs: number, onEnd: () => void) {
    this.#clock = clock;
    this.#left = limitMs;
    this.#onEnd = () => {
      this.#isOver = true;
      onEnd();
    };
  }

  start(): void {
    if (this.#since !== undefined || this.#isOver) return;
    this.#since = this.#clock.monotonic();
    this.#cancel = this.#clock.after(Math.max(0, this.#left), this.#onEnd);
  }

  pause(): void {
    if (this.#since === undefined) return;
    const passed = this.#clock.monotonic() - this.#since;
    this.#left -= passed;
    this.#used += passed;
    this.#since = undefined;
    this.#cancel?.();
  }

  /** Tightens the whole limit while it runs; it never grows. */
  tighten(limitMs: number): void {
    const running = this.#since !== undefined;
    this.pause();
    this.#left = Math.min(this.#left, limitMs - this.#used);
    if (running) this.start();
  }
}
