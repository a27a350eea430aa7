import type { EffectivePolicy } from '../policy/merge.ts';
import type { Clock } from '../clock.ts';
import { RunClock } from './runClock.ts';

type Limits = Pick<EffectivePolicy, 'maxIterations' | 'timeoutSeconds'>;

/** What one piece of work may use, as the policy in force says: turns, and time that stands still while a person is waited for. */
export class Budget {
  #turn: number;
  #before: number;
  /** Turns of this piece of work after which a person let it go on. */
  #allowedAt = 0;
  #mostTurns = 0;
  #mostSeconds = 0;
  /** How many wait for a person. */
  #waiting = 0;
  #clock: RunClock | undefined;
  #newClock: () => RunClock | undefined = () => undefined;

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

  /** So many of them it may take; more than the policy says, where a person let it go on. */
  get mostTurns(): number {
    return this.#allowedAt + this.#mostTurns;
  }

  /** So many it may take at once. */
  get turnsAtOnce(): number {
    return this.#mostTurns;
  }

  /** A piece of work begins: its turns are counted from here, its time from `start`. */
  begin({ maxIterations, timeoutSeconds }: Limits, clock: Clock, onTimeout: (seconds: number) => void): void {
    this.#before = this.#turn;
    this.#waiting = 0;
    this.#allowedAt = 0;
    this.#mostTurns = maxIterations.value;
    this.#mostSeconds = timeoutSeconds.value;
    this.#newClock = () => {
      const seconds = this.#mostSeconds;
      return new RunClock(clock, seconds * 1000, () => {
        onTimeout(seconds);
      });
    };
    this.#clock = this.#newClock();
  }

  /** A person lets it go on for as many turns again. */
  allowTurns(): void {
    this.#allowedAt = this.turns;
  }

  /** The same for its time, which begins with the next `start`. */
  allowTime(): void {
    this.#clock = this.#newClock();
  }

  start(): void {
    this.#clock?.start();
  }

  pause(): void {
    this.#clock?.pause();
  }

  /** Somebody begins or has ended to wait for a person, perhaps one of several. Whether any of them waits. */
  waits(isWaiting: boolean): boolean {
    this.#waiting = Math.max(0, this.#waiting + (isWaiting ? 1 : -1));
    if (this.#waiting > 0) this.pause();
    else this.start();
    return this.#waiting > 0;
  }

  nextTurn(): number {
    this.#turn += 1;
    return this.#turn;
  }

  /** What was tightened meanwhile counts from here on; what was loosened, from the next work. */
  tighten({ maxIterations, timeoutSeconds }: Limits): void {
    this.#mostSeconds = Math.min(this.#mostSeconds, timeoutSeconds.value);
    this.#clock?.tighten(timeoutSeconds.value * 1000);
    this.#mostTurns = Math.min(this.#mostTurns, maxIterations.value);
  }
}
