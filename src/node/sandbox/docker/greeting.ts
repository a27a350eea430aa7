/**
 * The first line of what comes out of a container: it says that what waits for the command is there. Only then is the
 * command told to it, on its standard input, followed by what the command itself is to read.
 */
export class Greeting {
  readonly #line: Buffer;
  readonly #isToGoOn: () => boolean;
  readonly #answer: Promise<boolean>;
  #settle: (isToGoOn: boolean) => void = () => undefined;
  #early = Buffer.alloc(0);
  #wasHeard = false;

  constructor(word: string, isToGoOn: () => boolean) {
    this.#line = Buffer.from(`${word}\n`);
    this.#isToGoOn = isToGoOn;
    this.#answer = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  get length(): number {
    return this.#line.length;
  }

  get wasHeard(): boolean {
    return this.#wasHeard;
  }

  /** What of a piece of output is the command's. */
  take(chunk: Uint8Array): Uint8Array {
    if (this.#wasHeard) return chunk;
    this.#early = Buffer.concat([this.#early, chunk]);
    const at = this.#early.indexOf(this.#line);
    if (at < 0) return Buffer.alloc(0);
    this.#wasHeard = true;
    this.#settle(this.#isToGoOn());
    return this.#early.subarray(at + this.#line.length);
  }

  without(output: Buffer): Buffer {
    const at = output.indexOf(this.#line);
    return at < 0 ? output : Buffer.concat([output.subarray(0, at), output.subarray(at + this.#line.length)]);
  }

  async *followedBy(bytes: Uint8Array, input: AsyncIterable<Uint8Array> | undefined): AsyncIterable<Uint8Array> {
    if (!(await this.#answer)) return;
    yield bytes;
    if (input) yield* input;
  }

  /** Nothing more comes. */
  close(): void {
    this.#settle(false);
  }
}
