import type { EffectivePolicy } from '../policy/merge.ts';
import { RunClock, type Clock } from './runClock.ts';

type Limits = Pick<EffectivePolicy, 'maxIterations' | 'timeoutSeconds'>;

/** What one piece of work may use, as the policy in force says: turns, and time that stands still while a person is waited for. */
export class Budget {
  #turn: number;
  #before: number;
  #mostTurns = 0;
  #clock: RunClock | undefined;

  /** `turn`: how many the run has had. */
  constructor(turn: number) {
    this.#turn = turn;
    this.#before = turn;
  }

  /** The turn of the run. */
  get turn(): number {
    return this.#turn;
  }

  /** Turns of this piece of work. */
  get turns(): number {
    return this.#turn - this.#before;
  }

  get mostTurns(): number {
    return this.#mostTurns;
  }

  /** A piece of work begins: its turns are counted from here, its time from `start`. */
  begin({ maxIterations, timeoutSeconds }: Limits, clock: Clock, onTimeout: (seconds: number) => void): void {
    const seconds = timeoutSeconds.value;
    this.#before = this.#turn;
    this.#mostTurns = maxIterations.value;
    this.#clock = new RunClock(clock, seconds * 1000, () => {
      onTimeout(seconds);
    });
  }

  start(): void {
    this.#clock?.start();
  }

  pause(): void {
    this.#clock?.pause();
  }

  nextTurn(): number {
    this.#turn += 1;
    return this.#turn;
  }

  /** What was tightened meanwhile counts from here on; what was loosened, from the next work. */
  tighten({ maxIterations, timeoutSeconds }: Limits): void {
    this.#clock?.tighten(timeoutSeconds.value * 1000);
    this.#mostTurns = Math.min(this.#mostTurns, maxIterations.value);
  }
}
