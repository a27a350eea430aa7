import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { appendFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Missing } from '../../core/outcome.ts';
import type { KeptSize, KeptText } from '../../core/outputs/port.ts';

/** Less than this stays in memory: most outputs end before anything has to be written. */
const IN_MEMORY = 32_768;
/** Where every so many lines begin is remembered. */
const LINES_APART = 1000;

/** What makes room for it, and where it goes. */
export interface Shelf {
  /** The folder for files; made when the first is needed. */
  folder(): Promise<string>;
  /** So many bytes more; false where there is no room for them. */
  takes(one: KeptFile, bytes: number): Promise<boolean>;
}

/** An output in a file of its own, read from any line on without what stands before. */
export class KeptFile implements KeptText {
  readonly #shelf: Shelf;
  #memory: Buffer[] = [];
  #file: string | undefined;
  #lines = 0;
  #bytes = 0;
  #isOpen = false;
  #isGone = false;
  /** Where line 1 + 1000 n begins. */
  readonly #begins: number[] = [0];

  constructor(shelf: Shelf) {
    this.#shelf = shelf;
  }

  get size(): KeptSize {
    return { lines: this.#lines, bytes: this.#bytes, isOpen: this.#isOpen };
  }

  async append(text: string): Promise<boolean> {
    if (this.#isGone) return false;
    const bytes = Buffer.from(text.toWellFormed());
    if (bytes.length === 0) return true;
    // The disk may be full, or nothing may be written to it: the command goes on all the same.
    if (await this.#keep(bytes).catch(() => false)) return true;
    await this.drop().catch(() => undefined);
    return false;
  }

  /** False where there is no room. */
  async #keep(bytes: Buffer): Promise<boolean> {
    if (!(await this.#shelf.takes(this, bytes.length))) return false;
    this.#count(bytes);
    this.#memory.push(bytes);
    this.#bytes += bytes.length;
    if (this.#file === undefined && this.#bytes <= IN_MEMORY) return true;
    this.#file ??= join(await this.#shelf.folder(), randomUUID());
    const parts = this.#memory;
    this.#memory = [];
    await appendFile(this.#file, Buffer.concat(parts), { mode: 0o600 });
    return true;
  }

  async *from(line: number, bytes: number): AsyncIterable<string> {
    if (this.#isGone) throw new Missing('this output is not kept any more');
    const block = Math.min(Math.floor((line - 1) / LINES_APART), this.#begins.length - 1);
    let passes = line - 1 - block * LINES_APART;
    const decoder = new TextDecoder();
    for await (const chunk of this.#chunks(this.#begins[block] ?? 0, bytes)) {
      let at = 0;
      while (passes > 0) {
        const end = chunk.indexOf(10, at);
        if (end === -1) break;
        at = end + 1;
        passes -= 1;
      }
      if (passes === 0) yield decoder.decode(chunk.subarray(at), { stream: true });
    }
  }

  async *#chunks(start: number, end: number): AsyncIterable<Buffer> {
    if (start >= end) return;
    if (this.#file === undefined) {
      yield Buffer.concat(this.#memory).subarray(start, end);
      return;
    }
    for await (const chunk of createReadStream(this.#file, { start, end: end - 1 })) yield chunk as Buffer;
  }

  async drop(): Promise<void> {
    this.#isGone = true;
    this.#memory = [];
    if (this.#file !== undefined) await rm(this.#file, { force: true });
  }

  #count(bytes: Buffer): void {
    for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1)) {
      this.#lines += 1;
      if (this.#lines % LINES_APART === 0) this.#begins.push(this.#bytes + at + 1);
    }
    this.#isOpen = bytes.at(-1) !== 10;
  }
}
