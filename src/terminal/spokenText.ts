import { AGENT } from './quote.ts';
import { columnsOf } from './width.ts';

/**
 * The agent's words as they come, each line behind the agent's mark, wrapped at the terminal's width. A word is
 * written once it is whole, so that none is torn at the end of a line.
 */
export class SpokenText {
  readonly #columns: () => number | undefined;
  #word = '';
  /** Columns used in the line; undefined before its mark. */
  #used: number | undefined;

  constructor(columns: () => number | undefined) {
    this.#columns = columns;
  }

  /** What is to be written for more of the text, in which every hidden character is visible already. */
  more(text: string): string {
    let out = '';
    for (const character of text) {
      if (character !== '\n' && character !== ' ' && character !== '\t') {
        this.#word += character;
        if (this.#word.length > 200) out += this.#flush();
        continue;
      }
      out += this.#flush();
      if (character === '\n') {
        out += this.#used === undefined ? `${AGENT.line}\n` : '\n';
        this.#used = undefined;
      } else out += this.#put(character);
    }
    return out;
  }

  /** The rest, and the end of its line. */
  end(): string {
    const out = this.#flush();
    const isOpen = this.#used !== undefined;
    this.#used = undefined;
    return isOpen ? `${out}\n` : out;
  }

  #flush(): string {
    const word = this.#word;
    this.#word = '';
    const width = [...word].reduce((sum, character) => sum + columnsOf(character), 0);
    // A word longer than a line is broken wherever the line ends.
    const fits = width <= this.#room;
    if (fits && word !== '') return this.#put(word, width);
    return [...word].map((character) => this.#put(character)).join('');
  }

  #put(part: string, width: number = columnsOf(part)): string {
    const isNew = this.#used === undefined;
    const isFull = !isNew && (this.#used ?? 0) + width > this.#room;
    this.#used = isNew || isFull ? width : (this.#used ?? 0) + width;
    return `${isNew ? AGENT.line : isFull ? `\n${AGENT.rest}` : ''}${part}`;
  }

  get #room(): number {
    const columns = this.#columns();
    return columns === undefined ? Infinity : Math.max(columns - 4, 10);
  }
}
