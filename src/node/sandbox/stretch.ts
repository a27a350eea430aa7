import { setImmediate as breathe } from 'node:timers/promises';

/** Below what anybody notices of a window that stands still. */
const MOST_MS = 5;

/**
 * Time for file calls that are made at once. Looking at an entry takes the kernel some microseconds, and twenty times as
 * long by way of the thread pool; but while calls are made at once everything else in this process waits, so a pass whose
 * length depends on the workspace may do so for a stretch only.
 */
export class Stretch {
  #until = performance.now() + MOST_MS;

  get isOver(): boolean {
    return performance.now() > this.#until;
  }

  /** Lets everything else have its turn if the stretch is over; then a new one begins. */
  rest(): Promise<void> | undefined {
    return this.isOver ? this.#breathe() : undefined;
  }

  async #breathe(): Promise<void> {
    await breathe();
    this.#until = performance.now() + MOST_MS;
  }
}
