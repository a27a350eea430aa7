import { MOST_TASK } from '../shared/typed.ts';

/** What some input at a question came to. `paste`: it was not typed, so that nothing of it counts. */
export type Typed =
  | { kind: 'more'; echo: string }
  | { kind: 'line'; text: string }
  | { kind: 'paste' }
  | { kind: 'interrupt' }
  | { kind: 'suspend' }
  | { kind: 'end' };

const MOST = 4000;
const ESCAPE = /\u001b(?:\[[0-9;?]*[ -/]*[@-~]|O.|[^[O])/g;
const UNFINISHED = /\u001b(?:\[[0-9;?]*[ -/]*|O)?$/;
const PASTE = /\u001b\[20[01]~/;
const [PASTE_BEGINS, PASTE_ENDS] = ['\u001b[200~', '\u001b[201~'];

/** One line as it is typed, key by key, into a terminal that edits nothing and echoes nothing itself. */
export class TypedLine {
  #text = '';
  #held = '';
  /** Between the marks that a terminal sets around a paste. */
  #isPasting = false;
  readonly #isMessage: boolean;
  readonly #most: number;

  /** `isMessage`: what is pasted counts, with its line ends; Enter alone ends it. */
  constructor(isMessage = false) {
    this.#isMessage = isMessage;
    this.#most = isMessage ? MOST_TASK : MOST;
  }

  /** Takes what came at once. A line end with anything behind it is no key that a person struck. */
  feed(chunk: string): Typed {
    const all = this.#held + chunk;
    this.#held = UNFINISHED.exec(all)?.[0] ?? '';
    const input = all.slice(0, all.length - this.#held.length);
    if (this.#isMessage && (PASTE.test(input) || this.#isPasting)) return this.#pasted(input);
    if (PASTE.test(input)) return { kind: 'paste' };
    const keys = input.replace(ESCAPE, '');
    if (keys.includes('\u0003')) return { kind: 'interrupt' };
    if (keys.includes('\u001a')) return { kind: 'suspend' };
    if (/[\r\n](?=[^])/.test(keys.replace(/\r\n$/, '\n'))) {
      if (!this.#isMessage) return { kind: 'paste' };
      return { kind: 'more', echo: this.#take(keys) };
    }
    let echo = '';
    for (const key of keys) {
      if (key === '\r' || key === '\n') return { kind: 'line', text: this.#text };
      if (key === '\u0004' && this.#text === '') return { kind: 'end' };
      echo += this.#key(key);
    }
    return { kind: 'more', echo };
  }

  /** What stands between the terminal's marks around a paste, and after them. */
  #pasted(input: string): Typed {
    let echo = '';
    for (const part of input.split(/(\u001b\[20[01]~)/)) {
      if (part === PASTE_BEGINS || part === PASTE_ENDS) this.#isPasting = part === PASTE_BEGINS;
      else if (this.#isPasting) echo += this.#take(part);
      else if (part !== '') {
        const typed = this.feed(part);
        if (typed.kind !== 'more') return typed;
        echo += typed.echo;
      }
    }
    return { kind: 'more', echo };
  }

  /** Text that came at once, line ends and all. */
  #take(text: string): string {
    let echo = '';
    for (const key of text.replace(ESCAPE, '').replace(/\r\n?/g, '\n')) {
      if (key !== '\n') echo += this.#key(key);
      else if (this.#text.length < this.#most) {
        this.#text += key;
        echo += '\r\n';
      }
    }
    return echo;
  }

  /** What is shown for a key. */
  #key(key: string): string {
    if (key === '\u007f' || key === '\b') return this.#erase(1);
    if (key === '\u0015') return this.#erase(Infinity);
    if (/\p{Cc}|\p{Cf}|\p{Cs}/u.test(key)) return '';
    if (this.#text.length >= this.#most) return '\u0007'; // a bell: nothing more is taken
    this.#text += key;
    return key;
  }

  #erase(count: number): string {
    let shown = '';
    for (let left = count; left > 0 && this.#text !== ''; left -= 1) {
      const last = [...this.#text].at(-1) ?? '';
      this.#text = this.#text.slice(0, this.#text.length - last.length);
      shown += (last.codePointAt(0) ?? 0) >= 0x1100 ? '\b\b  \b\b' : '\b \b';
    }
    return shown;
  }
}
