import { createInterface, type Interface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { Asker, Question } from './asker.ts';

/** Answers that were put into a pipe or a file beforehand, a line each; `undefined` once the input has ended. */
export class PipeAsker implements Asker {
  readonly #waiting: ((line: string | undefined) => void)[] = [];
  readonly #buffered: string[] = [];
  readonly #reader: Interface;
  readonly #write: (text: string) => void;
  #ended = false;

  constructor(input: Readable, write: (text: string) => void) {
    this.#write = write;
    this.#reader = createInterface({ input, terminal: false }); // at once: a line that nobody listens for is lost
    this.#reader.on('line', (line) => {
      const waiting = this.#waiting.shift();
      if (waiting) waiting(line);
      else this.#buffered.push(line);
    });
    this.#reader.on('close', () => {
      this.#ended = true;
      for (const waiting of this.#waiting.splice(0)) waiting(undefined);
    });
  }

  ask({ text, prompt }: Question, signal?: AbortSignal): Promise<string | undefined> {
    if (signal?.aborted === true) return Promise.resolve(undefined);
    this.#write(text + prompt);
    const line = this.#buffered.shift();
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
    this.#reader.close();
  }
}
