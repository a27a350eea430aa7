import type { Clock } from '../../clock.ts';
import { Missing, type Cancelled } from '../../outcome.ts';
import type { OutputRoom } from '../../outputs/port.ts';
import type { Scope } from '../../scope/scope.ts';
import type { OutputMask } from '../command/givenSecrets.ts';
import { OutputRecorder } from './recorder.ts';

/** Commands that go on at once in the background: each may use as much as its limits say. */
export const MOST_GOING = 4;

/** An output that can be read on: of a command that goes on, or that put out more than its result shows. */
export interface CommandOutput {
  readonly number: number;
  /** What was run, in a few words. */
  readonly title: string;
  /** Milliseconds of the clock. */
  readonly began: number;
  readonly recorder: OutputRecorder;
  /** Files whose content may be in it. */
  readonly contentOf: readonly string[];
  /** What paths were to its command. */
  readonly scope: Scope;
  /** How it ended, in sentences for the model; undefined while it goes on. */
  readonly ended: () => readonly string[] | undefined;
  /** Settles when it has ended and its output is written down. */
  readonly whenEnded: Promise<unknown>;
  readonly stop: (why: Cancelled) => void;
}

/** The outputs of one run, by number: what its commands share with the tools that read on, wait and stop. */
export class RunOutputs {
  readonly #room: OutputRoom;
  readonly #clock: Clock;
  readonly #all: CommandOutput[] = [];

  constructor(room: OutputRoom, clock: Clock) {
    this.#room = room;
    this.#clock = clock;
  }

  get all(): readonly CommandOutput[] {
    return this.#all;
  }

  get going(): readonly CommandOutput[] {
    return this.#all.filter((one) => one.ended() === undefined);
  }

  now(): number {
    return this.#clock.monotonic();
  }

  /** Settles with what comes of some work, or with undefined when the time is over first. */
  within<T>(work: Promise<T>, ms: number): Promise<T | undefined> {
    return new Promise((resolve, reject) => {
      const cancel = this.#clock.after(ms, () => {
        resolve(undefined);
      });
      work.then(resolve, reject).finally(cancel);
    });
  }

  recorder(how: OutputMask): OutputRecorder {
    return new OutputRecorder(this.#room, how);
  }

  /** Gives it a number. */
  add(output: Omit<CommandOutput, 'number'>): number {
    const number = this.#all.length + 1;
    this.#all.push({ ...output, number });
    return number;
  }

  of(number: number): CommandOutput {
    const found = this.#all[number - 1];
    if (found) return found;
    throw new Missing(
      this.#all.length === 0
        ? `there is no output ${number}: this run has kept none (outputs are gone with the process that ran their commands)`
        : `there is no output ${number}: there are 1 to ${this.#all.length}`,
    );
  }
}
