import type { Readable } from 'node:stream';
import type { Asker, Question } from './asker.ts';

/** Lines that lie ready for questions to come: `yes y |` never ends. */
const MOST_LINES = 1000;
/** Characters of one line; a line without an end is no answer. */
const MOST = 4000;

/** Answers that were put into a pipe or a file beforehand, a line each; `undefined` once the input has ended. */
export class PipeAsker implements Asker {
  readonly answersBy = 'input';
  readonly #waiting: ((line: string | undefined) => void)[] = [];
  readonly #lines: string[] = [];
  readonly #input: Readable;
  readonly #write: (text: string) => void;
  readonly #decoder = new TextDecoder();
  #rest = '';
  #ended = false;

  constructor(input: Readable, write: (text: string) => void) {
    this.#input = input;
    this.#write = write;
    input.on('data', this.#onData).on('end', this.#onEnd).on('close', this.#onEnd).on('error', this.#onEnd);
  }

  ask({ text, prompt }: Question, signal?: AbortSignal): Promise<string | undefined> {
    if (signal?.aborted === true) return Promise.resolve(undefined);
    this.#write(text + prompt);
    const line = this.#lines.shift();
    if (!this.#ended && this.#lines.length < MOST_LINES) this.#input.resume();
    if (line !== undefined) return Promise.resolve(line);
    if (this.#ended) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      signal?.addEventListener('abort', () => {
        const at = this.#waiting.indexOf(resolve);
        if (at !== -1) this.#waiting.splice(at, 1);
        resolve(undefined);
      });
    });
  }

  close(): void {
    this.#input.off('data', this.#onData).pause();
    this.#onEnd();
  }

  readonly #onData = (bytes: Uint8Array): void => {
    const [first = '', ...more] = this.#decoder.decode(bytes, { stream: true }).split('\n');
    this.#add(first);
    for (const part of more) {
      this.#line();
      this.#add(part);
    }
    if (this.#lines.length >= MOST_LINES) this.#input.pause();
  };

  /** What is too long stays so: cut short it could become an answer. */
  #add(part: string): void {
    const room = MOST - this.#rest.length;
    if (room >= 0) this.#rest += part.length > room ? `${part.slice(0, room)}…` : part;
  }

  #line(): void {
    const line = this.#rest;
    this.#rest = '';
    const waiting = this.#waiting.shift();
    if (waiting) waiting(line);
    else this.#lines.push(line);
  }

  readonly #onEnd = (): void => {
    if (this.#ended) return;
    if (this.#rest !== '') this.#line();
    this.#ended = true;
    // Ctrl+C ends whoever writes into the pipe, too: the signal is heard first, and takes the question back.
    setImmediate(() => {
      setImmediate(() => {
        for (const waiting of this.#waiting.splice(0)) waiting(undefined);
      });
    });
  };
}
