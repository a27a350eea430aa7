import { ModelFailure } from '../../core/models/port.ts';
import { orStopped } from './letGo.ts';

/** How long a server may keep still. */
export interface Waits {
  /** Seconds up to the first byte of an answer: a model may have to be loaded, and reads the whole conversation first. */
  firstByte: number;
  /** Seconds between two pieces of it. */
  between: number;
}

/** Of a server on this machine, or by the name of one nearby: it loads models, and has no data centre to run them in. */
const NEARBY: Waits = { firstByte: 900, between: 300 };
const REMOTE: Waits = { firstByte: 300, between: 300 };
/** Seconds that more is waited for where the answer is whole already, such as for what it cost. */
const AFTER_THE_END = 5;

/** What is set, or what is sensible where nothing is. */
export function waitsFor(isNearby: boolean, { firstByte, between }: Partial<Waits> = {}): Waits {
  const usual = isNearby ? NEARBY : REMOTE;
  return { firstByte: firstByte ?? usual.firstByte, between: between ?? usual.between };
}

/**
 * The waiting for one answer: its signal fires with a sentence when a server has kept still for too long. Time in which
 * nobody waits does not count.
 */
export class Patience {
  readonly #late = new AbortController();
  readonly #waits: Waits;
  readonly #who: string;
  #timer: NodeJS.Timeout | undefined;
  #isWhole = false;
  #isOver = false;

  constructor(who: string, waits: Waits) {
    this.#who = who;
    this.#waits = waits;
  }

  get signal(): AbortSignal {
    return this.#late.signal;
  }

  /** The request is on its way. */
  begin(): void {
    const { firstByte } = this.#waits;
    this.#arm(
      firstByte,
      `${this.#who} sent nothing for ${firstByte} s. It may still be loading the model or reading the conversation: oversign.model.firstByteSeconds says how long to wait.`,
    );
  }

  /** The answer is whole; what comes behind it is waited for only a moment, however many pieces come. */
  isWhole(): void {
    if (this.#isWhole || this.#isOver) return;
    this.#isWhole = true;
    clearTimeout(this.#timer);
    this.#arm(AFTER_THE_END, `${this.#who} said all of its reply and then did not end it.`);
  }

  /** Nothing more is waited for. */
  end(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
  }

  /** The next piece of an answer that is no body of ours: where it keeps still for too long it is let go of. */
  async next<T>(piece: Promise<T>): Promise<T> {
    this.#more();
    try {
      return await orStopped(piece, this.#late.signal);
    } finally {
      this.#came();
    }
  }

  /** The body, waited for: from the request to its first piece, and from then on between two. */
  over(response: Response): Response {
    if (!response.body) {
      this.end();
      return response;
    }
    const reader = response.body.getReader();
    const body = new ReadableStream<Uint8Array>(
      {
        pull: async (controller) => {
          this.#more();
          try {
            const { done, value } = await reader.read();
            if (done) {
              this.end();
              controller.close();
            } else {
              this.#came();
              controller.enqueue(value);
            }
          } catch (error) {
            this.end();
            controller.error(this.#late.signal.aborted ? this.#late.signal.reason : error);
          }
        },
        cancel: async (reason) => {
          this.end();
          await reader.cancel(reason);
        },
      },
      { highWaterMark: 0 }, // asked for only when somebody reads
    );
    return new Response(body, response);
  }

  #came(): void {
    if (this.#isWhole) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #more(): void {
    if (this.#timer !== undefined || this.#isWhole) return; // the first byte is still to come, or only the end
    const seconds = this.#waits.between;
    this.#arm(
      seconds,
      `${this.#who} began its reply and then sent nothing for ${seconds} s. oversign.model.betweenBytesSeconds says how long to wait.`,
    );
  }

  #arm(seconds: number, words: string): void {
    this.#timer = setTimeout(() => {
      this.#late.abort(new ModelFailure(words, { kind: 'timeout' }));
    }, seconds * 1000);
  }
}
