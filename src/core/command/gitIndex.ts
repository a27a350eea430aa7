/** One file of the index; `content` says mode and object, equal only where both are. */
export interface IndexEntry {
  name: string;
  content: () => string;
  /** Where it starts in the index, and what it is made of (gitformat-index(5)). */
  start: number;
  flags: number;
  extended: number;
  nameBytes: Uint8Array;
}

/** How long the names of objects may be, in bytes: SHA-1, and SHA-256 in repositories that use it. */
export const DIGESTS = [20, 32];
/** No system opens a file by a longer name (PATH_MAX of Linux). */
const LONGEST_NAME = 4096;
/** Bytes of all names together: version 4 writes one that repeats the one before it in a single byte. */
const MOST_OF_NAMES = 128 * 2 ** 20;

/**
 * The entries of git's index (gitformat-index(5), versions 2 to 4), one after the other; at the end whether all of it was
 * understood: what it gave before counts for nothing otherwise. Sizes and offsets in bytes. `digest`: one of `DIGESTS`.
 */
export function* entriesInIndex(bytes: Uint8Array, digest: number): Generator<IndexEntry, boolean> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 12 || view.getUint32(0) !== 0x44495243) return false; // "DIRC"
  const version = view.getUint32(4);
  const count = view.getUint32(8);
  if (version < 2 || version > 4) return false;
  const decoder = new TextDecoder();
  let at = 12;
  let before = new Uint8Array();
  let ofNames = 0;
  for (let entry = 0; entry < count; entry += 1) {
    const start = at;
    const flagsAt = start + 40 + digest;
    if (flagsAt + 2 > bytes.length) return false;
    const flags = view.getUint16(flagsAt);
    const isExtended = version >= 3 && (flags & 0x4000) !== 0;
    at = flagsAt + (isExtended ? 4 : 2);
    let kept = 0;
    if (version === 4) {
      const removed = varint(bytes, at);
      if (!removed || removed.value > before.length) return false;
      at = removed.next;
      kept = before.length - removed.value;
    }
    const end = bytes.indexOf(0, at);
    if (end === -1) return false;
    const length = kept + end - at;
    // The flags repeat the length, as far as it fits: else these are digests of the other size.
    if ((flags & 0xfff) !== Math.min(length, 0xfff)) return false;
    ofNames += length;
    if (length > LONGEST_NAME || ofNames > MOST_OF_NAMES) return false;
    const name = new Uint8Array(length);
    name.set(before.subarray(0, kept));
    name.set(bytes.subarray(at, end), kept);
    yield {
      name: decoder.decode(name),
      start,
      flags,
      extended: isExtended ? view.getUint16(flagsAt + 2) : 0,
      nameBytes: name,
      content: () => `${view.getUint32(start + 24).toString(8)} ${hex(bytes.subarray(start + 40, flagsAt))}`,
    };
    before = name;
    // Up to version 3 entries are padded with NULs to a multiple of eight.
    at = version === 4 ? end + 1 : start + (Math.floor((end - start) / 8) + 1) * 8;
  }
  return !isSplit(bytes, view, at, digest);
}

/** Whether more entries stand in another file (`link`, gitformat-index(5)). */
function isSplit(bytes: Uint8Array, view: DataView, from: number, digest: number): boolean {
  for (let at = from; at + 8 <= bytes.length - digest; at += 8 + view.getUint32(at + 4))
    if (view.getUint32(at) === 0x6c696e6b) return true;
  return false;
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The offset encoding of packs: each further byte adds one before the shift. */
function varint(bytes: Uint8Array, from: number): { value: number; next: number } | undefined {
  let at = from;
  let byte = bytes[at];
  if (byte === undefined) return undefined;
  let value = byte & 0x7f;
  while ((byte & 0x80) !== 0) {
    at += 1;
    byte = bytes[at];
    if (byte === undefined || value > 0xffff_ffff) return undefined;
    value = (value + 1) * 128 + (byte & 0x7f);
  }
  return { value, next: at + 1 };
}
