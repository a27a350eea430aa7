import type { KeptSize, KeptText, OutputRoom } from '../../outputs/port.ts';
import { behindTear, type OutputMask } from '../command/givenSecrets.ts';
import { onTerminal } from '../command/onTerminal.ts';
import { GrowingMask } from './growingMask.ts';

/** Bytes of one output that are kept whole; of a longer one the beginning, so long, and its end. */
export const MOST_KEPT = 16 * 2 ** 20;
/** So much is drawn, masked and kept at once: some milliseconds of work. */
const PIECE = 65_536;
/** A line that is longer is drawn in parts. */
const LONGEST_LINE = 4 * PIECE;

/** An output at one moment: what is written down, so much of it, and behind it what is not yet. */
export interface OutputSoFar {
  kept: KeptText | undefined;
  size: KeptSize;
  tail: string;
  /** False where it is kept no more: nothing is to be seen of it. */
  isKept: boolean;
}

const EMPTY: KeptSize = { lines: 0, bytes: 0, isOpen: false };
const NOTHING: OutputSoFar = { kept: undefined, size: EMPTY, tail: '', isKept: false };

/**
 * Keeps what a command puts out, as it comes: drawn as a terminal would leave it, masked, and then written down. What is
 * not yet written is at most a few pieces of text.
 */
export class OutputRecorder {
  readonly #room: OutputRoom;
  readonly #how: OutputMask;
  readonly #growing: GrowingMask;
  readonly #decoders = { stdout: new TextDecoder(), stderr: new TextDecoder() };
  #raw = '';
  #bytes = 0;
  #kept: KeptText | undefined;
  #isDropped = false;
  #work: Promise<void> = Promise.resolve();

  constructor(room: OutputRoom, how: OutputMask) {
    this.#room = room;
    this.#how = how;
    this.#growing = new GrowingMask(how);
  }

  /** It is kept no more. */
  get isDropped(): boolean {
    return this.#isDropped;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** No more of the stream is to be taken while it waits. */
  take(stream: 'stdout' | 'stderr', chunk: Uint8Array): Promise<void> | undefined {
    this.#bytes += chunk.length;
    if (this.#isDropped || this.#bytes > MOST_KEPT) return undefined;
    this.#raw += this.#decoders[stream].decode(chunk, { stream: true });
    return this.#raw.length > PIECE ? this.settle() : undefined;
  }

  /** Writes down what is certain by now: whole lines that no secret reaches out of. */
  settle(): Promise<void> {
    return this.#then(() => this.#settled());
  }

  async #settled(): Promise<void> {
    const lineEnd = this.#raw.lastIndexOf('\n') + 1;
    const end = lineEnd > 0 || this.#raw.length < LONGEST_LINE ? lineEnd : this.#raw.length;
    const drawn = onTerminal(this.#raw.slice(0, end));
    this.#raw = this.#raw.slice(end);
    await this.#write(this.#growing.take(drawn));
  }

  /** All of it as it stands now. */
  soFar(): Promise<OutputSoFar> {
    let found: OutputSoFar | undefined;
    return this.#then(async () => {
      await this.#settled();
      const tail = this.#isDropped ? '' : this.#how.maskGrowing(this.#growing.held + onTerminal(this.#raw)).text;
      found = { kept: this.#kept, size: this.#kept?.size ?? EMPTY, tail, isKept: !this.#isDropped };
    }).then(() => found ?? NOTHING);
  }

  /** Nothing follows. `end`: the last of it, for one that was too long. */
  end(end: string): Promise<void> {
    return this.#then(async () => {
      const rest = this.#raw + this.#decoders.stdout.decode() + this.#decoders.stderr.decode();
      this.#raw = '';
      const last = this.#growing.take(onTerminal(rest)) + this.#growing.rest();
      await this.#write(last);
      if (this.#bytes <= MOST_KEPT) return;
      const left = `\n[… of ${this.#bytes} bytes the first ${MOST_KEPT} are kept, and what follows: the end …]\n`;
      await this.#write(left + this.#how.mask(behindTear(onTerminal(end))).text);
    });
  }

  /** None of it is kept: it may hold what nobody was to see. */
  drop(): Promise<void> {
    this.#isDropped = true;
    return this.#then(async () => {
      await this.#kept?.drop();
      this.#kept = undefined;
      this.#raw = '';
    });
  }

  /** One after the other, in the order that it came. */
  #then(work: () => Promise<void>): Promise<void> {
    const done = this.#work.then(work);
    this.#work = done.catch(() => undefined);
    return done;
  }

  async #write(text: string): Promise<void> {
    if (text === '' || this.#isDropped) return;
    this.#kept ??= this.#room.open();
    if (!(await this.#kept.append(text))) this.#isDropped = true;
  }
}
