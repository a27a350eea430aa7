const SAME_IN_A_ROW = 3;

/** Notices a model that makes the same call with the same outcome again and again. */
export class Repetition {
  #last = '';
  #count = 0;

  /** True once the same call has had the same outcome three times in a row. */
  seen(name: string, args: string, outcome: string): boolean {
    const now = JSON.stringify([name, args, outcome]);
    this.#count = now === this.#last ? this.#count + 1 : 1;
    this.#last = now;
    return this.#count >= SAME_IN_A_ROW;
  }
}
