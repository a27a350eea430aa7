/** Rounds of the same calls with the same results: after so many the model is told, and after more a person. */
const [TOLD, STOPPED] = [3, 5];
/** Calls of one round, at most. */
const LONGEST_ROUND = 3;

/** Notices a model that makes the same call, or goes round the same few, with the same results again and again. */
export class Repetition {
  readonly #hash: (text: string) => string;
  #last: string[] = [];

  constructor(hash: (text: string) => string) {
    this.#hash = hash;
  }

  /** A call came to its end. `tell`: the model should be told now; `stop`: it was told, and goes on. */
  seen(name: string, args: string, outcome: string): 'new' | 'tell' | 'stop' {
    this.#last = [...this.#last, this.#hash(JSON.stringify([name, args, outcome]))].slice(-LONGEST_ROUND * STOPPED);
    for (let length = 1; length <= LONGEST_ROUND; length += 1) {
      const rounds = this.#rounds(length);
      if (rounds === STOPPED) {
        this.#last = [];
        return 'stop';
      }
      if (rounds === TOLD) return 'tell';
    }
    return 'new';
  }

  /** How often the last calls, so many of them, were made in a row; 0 in the middle of a further round. */
  #rounds(length: number): number {
    const { length: all } = this.#last;
    let same = 0;
    while (same + length < all && this.#last[all - 1 - same] === this.#last[all - 1 - same - length]) same += 1;
    return same % length === 0 ? same / length + 1 : 0;
  }
}

/** Said to the model below a result that it has had before. */
export const SAID_BEFORE =
  '\n[You have made this call several times, with the same result. Do something else, or say what keeps you from it.]';
