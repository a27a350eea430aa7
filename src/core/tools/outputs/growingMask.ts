import type { Masked } from '../../redaction/redactor.ts';
import type { OutputMask } from '../command/givenSecrets.ts';

/** No secret is longer: what is masked on both sides of a cut tells whether one lies across it. */
const MARGIN = 16_384;
const MOST_TRIES = 40;
/** So much is held back at most. */
const MOST_HELD = 262_144;

/**
 * Masks a text of any length piece by piece: cut only where each side has the same masks as both together, and before
 * all that the rest might yet make a secret of. Where no such place is found, the piece is left out, which is said.
 */
export class GrowingMask {
  readonly #how: Pick<OutputMask, 'mask' | 'heldBack'>;
  #text = '';
  /** Characters to be left out: they may be the second half of a secret. */
  #torn = 0;

  constructor(how: Pick<OutputMask, 'mask' | 'heldBack'>) {
    this.#how = how;
  }

  /** What can be shown of it by now. */
  take(more: string): string {
    this.#add(more);
    const at = this.#cut();
    if (at === undefined) return this.#text.length > MOST_HELD ? this.#leftOut() : '';
    const masked = this.#how.mask(this.#text.slice(0, at)).text;
    this.#text = this.#text.slice(at);
    return masked;
  }

  /** What has not been shown yet, as it came. */
  get held(): string {
    return this.#text;
  }

  /** All the rest, when nothing follows. */
  rest(): string {
    const masked = this.#how.mask(this.#text).text;
    this.#text = '';
    return masked;
  }

  #add(more: string): void {
    const kept = more.slice(this.#torn);
    this.#torn -= more.length - kept.length;
    this.#text += kept;
  }

  /** Before the last whole line: what stands in the next one may say what it was. */
  #cut(): number | undefined {
    const text = this.#text;
    const lastLine = text.lastIndexOf('\n', text.lastIndexOf('\n') - 1) + 1;
    const start = lastLine > 0 ? lastLine : text.length - MARGIN;
    let at = Math.min(start, text.length - this.#how.heldBack(text));
    for (let tries = 0; tries < MOST_TRIES && at > 0; tries += 1) {
      if (this.#isClean(at)) return at;
      at = Math.max(text.lastIndexOf('\n', at - 2), text.lastIndexOf(' ', at - 2)) + 1;
    }
    return undefined;
  }

  #isClean(at: number): boolean {
    const [before, after] = [this.#text.slice(Math.max(0, at - MARGIN), at), this.#text.slice(at, at + MARGIN)];
    const mask = (text: string): Masked => this.#how.mask(text);
    return mask(before).text + mask(after).text === mask(before + after).text;
  }

  #leftOut(): string {
    const words = `[… ${this.#text.length + MARGIN} characters are left out here, in which secrets could not be told apart …]\n`;
    this.#text = '';
    this.#torn = MARGIN;
    return words;
  }
}
