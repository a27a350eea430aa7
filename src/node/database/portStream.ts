import { Duplex } from 'node:stream';
import type { MessagePort } from 'node:worker_threads';

/** What the two ends of a connection say to each other: its bytes, and its end. */
export type Carried = { bytes: Uint8Array } | { end: true };

/**
 * A connection that another thread has open, for a client that wants to open one itself: its bytes come and go over a
 * port.
 */
export class PortStream extends Duplex {
  readonly #port: MessagePort;

  constructor(port: MessagePort) {
    super();
    this.#port = port;
    port.on('message', (carried: Carried) => {
      this.push('end' in carried ? null : Buffer.from(carried.bytes));
    });
  }

  /** It is; whoever asks is told so. */
  connect(): this {
    queueMicrotask(() => this.emit('connect'));
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  override _read(): void {
    // All that came is pushed as it comes; the other end says how much that may be.
  }

  override _write(chunk: Uint8Array, _encoding: string, done: () => void): void {
    this.#port.postMessage({ bytes: new Uint8Array(chunk) } satisfies Carried);
    done();
  }

  override _final(done: () => void): void {
    this.#port.postMessage({ end: true } satisfies Carried);
    done();
  }
}
