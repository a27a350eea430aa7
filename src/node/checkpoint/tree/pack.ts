import { closeSync, existsSync, fstatSync, fsyncSync, openSync, readSync, statSync, writeSync } from 'node:fs';
import * as zlib from 'node:zlib';
import { sha256 } from '../../files/hash.ts';
import type { PackPlace } from './entry.ts';

/** Contents one after the other in one file, each compressed by itself: a damaged one takes no other with it. */
export class Pack {
  readonly #file: string;
  #fd: number | undefined;
  #isDirty = false;

  constructor(file: string) {
    this.#file = file;
  }

  /** Its length in bytes. */
  get size(): number {
    return statSync(this.#file, { throwIfNoEntry: false })?.size ?? 0;
  }

  append(content: Uint8Array): PackPlace {
    const { coding, packed } = coded(content);
    return { ...this.#written(packed), coding };
  }

  /** Takes over what stands in another pack, as it stands there. */
  appendFrom(other: Pack, place: PackPlace): PackPlace {
    return { ...this.#written(other.#bytesAt(place)), coding: place.coding };
  }

  /** The bytes that were put in; undefined where they are damaged, or not there any more. */
  read(place: PackPlace, digest: string): Uint8Array | undefined {
    try {
      const content = decoded(this.#bytesAt(place), place.coding);
      return sha256(content) === digest ? content : undefined;
    } catch {
      return undefined;
    }
  }

  /** What was put in is on the disk when this returns. */
  sync(): void {
    if (this.#isDirty && this.#fd !== undefined) fsyncSync(this.#fd);
    this.#isDirty = false;
  }

  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }

  get #open(): number {
    return (this.#fd ??= openSync(this.#file, 'a+', 0o600));
  }

  #written(packed: Uint8Array): { offset: number; length: number } {
    const offset = fstatSync(this.#open).size;
    let done = 0;
    while (done < packed.length) done += writeSync(this.#open, packed, done);
    this.#isDirty = true;
    return { offset, length: packed.length };
  }

  #bytesAt({ offset, length }: PackPlace): Uint8Array {
    if (this.#fd === undefined && !existsSync(this.#file)) throw new Error('there is no such pack');
    const bytes = new Uint8Array(length);
    let done = 0;
    while (done < length) {
      const read = readSync(this.#open, bytes, done, length - done, offset + done);
      if (read === 0) throw new Error('the pack ends before it');
      done += read;
    }
    return bytes;
  }
}

function coded(content: Uint8Array): { coding: PackPlace['coding']; packed: Uint8Array } {
  if (content.length < 64) return { coding: 'raw', packed: content };
  // Node has it from 22.15 on.
  const hasZstd = 'zstdCompressSync' in zlib;
  const packed = hasZstd
    ? zlib.zstdCompressSync(content, { params: { [zlib.constants.ZSTD_c_compressionLevel]: 1 } })
    : zlib.deflateRawSync(content, { level: 1 });
  if (packed.length >= content.length) return { coding: 'raw', packed: content };
  return { coding: hasZstd ? 'zstd' : 'deflate', packed };
}

function decoded(packed: Uint8Array, coding: PackPlace['coding']): Uint8Array {
  switch (coding) {
    case 'raw':
      return packed;
    case 'deflate':
      return zlib.inflateRawSync(packed);
    case 'zstd':
      return zlib.zstdDecompressSync(packed);
  }
}
