import type { Asker, Question } from './asker.ts';

/** Nobody is there: what is asked is shown, for whoever reads it later, and has no answer. */
export class NobodyAsker implements Asker {
  readonly answersBy = 'nobody';
  readonly #write: (text: string) => void;
  readonly #hint: string;
  #isSaid = false;

  /** `hint`: what to do instead, said once. */
  constructor(write: (text: string) => void, hint: string) {
    this.#write = write;
    this.#hint = `No terminal is there to answer at; ${hint}\n`;
  }

  ask({ text, prompt }: Question): Promise<undefined> {
    this.#write(`${text}${prompt}\n${this.#isSaid ? '' : this.#hint}`);
    this.#isSaid = true;
    return Promise.resolve(undefined);
  }

  close(): void {
    // nothing is open
  }
}
