import type { Cancelled } from '../outcome.ts';

/** The actions of a run that go on after their results were given. They end with its work, and so do their records. */
export class GoingOn {
  readonly #all = new Map<Promise<void>, (why: Cancelled) => void>();
  /** What went wrong with a record that was closed meanwhile: told when the work ends. */
  #trouble: { error: unknown } | undefined;

  /** `closed`: settles when its record is closed. */
  add(closed: Promise<void>, stop: (why: Cancelled) => void): void {
    const settled = closed
      .catch((error: unknown) => {
        this.#trouble ??= { error };
      })
      .finally(() => this.#all.delete(settled));
    this.#all.set(settled, stop);
  }

  /** Ends them all, and returns when all that is to be recorded of them is. Throws what went wrong with that, once. */
  async end(why: Cancelled): Promise<void> {
    for (const stop of this.#all.values()) stop(why);
    await Promise.all(this.#all.keys());
    const trouble = this.#trouble;
    this.#trouble = undefined;
    if (trouble) throw trouble.error;
  }
}
