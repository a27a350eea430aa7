import { entriesInIndex } from './gitIndex.ts';

const EXTENDED = 0x4000;
const SKIP_WORKTREE = 0x4000; // of the extended flags
const FOLDER = 0o040000;

/**
 * git's index, without its checksum, in which what `isThere` says no of counts as left out of the work tree (git's
 * skip-worktree): git then takes it as unchanged, not as deleted. Undefined where the index is not understood, or leaves
 * out whole folders already.
 */
export function withoutAbsent(
  bytes: Uint8Array,
  digest: number,
  isThere: (name: string) => boolean,
): Uint8Array | undefined {
  const parts: Uint8Array[] = [];
  let count = 0;
  const entries = entriesInIndex(bytes, digest);
  let next = entries.next();
  for (; next.done !== true; next = entries.next()) {
    const { name, nameBytes, start, flags, extended } = next.value;
    if ((mode(bytes, start) & 0o170000) === FOLDER) return undefined;
    const skips = isThere(name) ? extended : extended | SKIP_WORKTREE;
    const head = 40 + digest;
    const length = Math.floor((head + 4 + nameBytes.length) / 8) * 8 + 8;
    const entry = new Uint8Array(length);
    entry.set(bytes.subarray(start, start + head));
    const view = new DataView(entry.buffer);
    view.setUint16(head, flags | EXTENDED);
    view.setUint16(head + 2, skips);
    entry.set(nameBytes, head + 4);
    parts.push(entry);
    count += 1;
  }
  if (!next.value) return undefined;
  const header = new Uint8Array(12);
  const view = new DataView(header.buffer);
  view.setUint32(0, 0x44495243); // "DIRC"
  view.setUint32(4, 3);
  view.setUint32(8, count);
  return joined([header, ...parts]);
}

function mode(bytes: Uint8Array, start: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(start + 24);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
