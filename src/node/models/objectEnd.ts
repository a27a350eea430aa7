/**
 * Tells while a text comes in whether a JSON object in it is at its end, in one pass: trying to parse what is there at
 * each piece would take time by its square. Says nothing about whether the text is valid.
 */
export class ObjectEnd {
  #depth = 0;
  #isInText = false;
  #isEscaped = false;
  #isReached = false;

  /** Whether the outermost bracket was closed. */
  get isReached(): boolean {
    return this.#isReached;
  }

  push(text: string): void {
    for (const character of text) {
      if (this.#isEscaped) this.#isEscaped = false;
      else if (this.#isInText) {
        if (character === '\\') this.#isEscaped = true;
        else if (character === '"') this.#isInText = false;
      } else if (character === '"') this.#isInText = true;
      else if (character === '{' || character === '[') this.#depth += 1;
      else if (character === '}' || character === ']') {
        this.#depth -= 1;
        if (this.#depth <= 0) this.#isReached = true;
      }
    }
  }
}
