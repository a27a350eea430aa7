import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import { setImmediate } from 'node:timers/promises';
import { Lines, messageIn } from './lines.ts';

/** What may come since we last asked something. Beyond that it is a flood. */
const [MOST_MESSAGES, MOST_BYTES] = [3000, 24 * 2 ** 20];
/** Lines that are no messages: programs print such things when they start. */
const MOST_GARBAGE = 200;
/** One at a time, so that nothing else waits for long. */
const MOST_AT_ONCE = 50;
const MOST_REFUSED = 10;

/** The protocol's messages over a program that Oversign started itself, each a line. What floods or babbles is ended. */
export class PluginTransport implements Transport {
  onmessage?: NonNullable<Transport['onmessage']>;
  onclose?: () => void;
  onerror?: (error: Error) => void;
  readonly refused: string[] = [];
  isStale = false;
  readonly #write: (bytes: Uint8Array) => void;
  readonly #broken: (why: string) => void;
  readonly #lines = new Lines();
  #messages = 0;
  #bytes = 0;
  #garbage = 0;
  #isOver = false;

  constructor(write: (bytes: Uint8Array) => void, broken: (why: string) => void) {
    this.#write = write;
    this.#broken = broken;
  }

  start(): Promise<void> {
    return Promise.resolve();
  }

  send(message: JSONRPCMessage): Promise<void> {
    if (!this.#isOver) this.#write(Buffer.from(`${JSON.stringify(message)}\n`));
    return Promise.resolve();
  }

  close(): Promise<void> {
    if (!this.#isOver) {
      this.#isOver = true;
      this.onclose?.();
    }
    return Promise.resolve();
  }

  /** We ask something: what comes from here on is counted anew. */
  asked(): void {
    this.#messages = 0;
    this.#bytes = 0;
  }

  async take(chunk: Uint8Array): Promise<void> {
    if (this.#isOver) return;
    this.#bytes += chunk.length;
    if (this.#bytes > MOST_BYTES) {
      this.#end('it floods its output');
      return;
    }
    const lines = this.#lines.take(chunk);
    if (!lines) {
      this.#end('it sent a message that is too long');
      return;
    }
    for (const [index, line] of lines.entries()) {
      if (this.#hasEnded()) return;
      if (line.trim() !== '') this.#line(line);
      if (index % MOST_AT_ONCE === MOST_AT_ONCE - 1) await setImmediate();
    }
  }

  /** Asked anew each time: reading a line may end it. */
  #hasEnded(): boolean {
    return this.#isOver;
  }

  #line(line: string): void {
    const message = messageIn(line);
    if (typeof message !== 'object' || message === null || Array.isArray(message) || !isRpc(message)) {
      this.#garbage += 1;
      if (this.#garbage > MOST_GARBAGE) this.#end('it writes what is no message of the protocol');
      return;
    }
    this.#messages += 1;
    if (this.#messages > MOST_MESSAGES) {
      this.#end('it floods with messages');
      return;
    }
    this.#note(message);
    this.onmessage?.(message);
  }

  #note(message: object): void {
    const { method, id } = message as { method?: unknown; id?: unknown };
    if (method === 'notifications/tools/list_changed') this.isStale = true;
    if (typeof method !== 'string' || id === undefined || method === 'ping') return;
    const name = method.slice(0, 60);
    if (this.refused.length < MOST_REFUSED && !this.refused.includes(name)) this.refused.push(name);
  }

  #end(why: string): void {
    this.#broken(`the plugin was ended: ${why}`);
    void this.close();
  }
}

/** As much of a message as the client looks at before it reads it with its own schema. */
function isRpc(message: object): message is JSONRPCMessage {
  return 'jsonrpc' in message && message.jsonrpc === '2.0';
}
