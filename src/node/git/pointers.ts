import { closeSync, constants, fstatSync, lstatSync, openSync, readdirSync, readSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { isReference, isStateFolder, isValue, POINTER_FILES, STASH_LOG } from '../../core/checkpoint/gitPointer.ts';
import { DIGESTS, entriesInIndex } from '../../core/command/gitIndex.ts';
import { sha256 } from '../files/hash.ts';
import type { GitFolder } from './gitFolders.ts';

/** How a pointer stands. */
interface Pointed {
  bytes: Buffer;
  /** SHA-256 of what it says: of an index not the times in it, which change with every look of git's. */
  digest: string;
}

/** A file of more bytes is not kept. */
export const MOST_BYTES = 16 << 20;
/** A repository with more references is not covered. */
const MOST_REFERENCES = 20_000;
const MOST_OF_REFERENCE = 4096;
const MOST_IN_STATE = 10_000;
const READ = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** How one stands now, whatever file it is kept in; undefined where it is not there. */
export function pointerAt(folder: string, name: string): Pointed | undefined {
  if (isStateFolder(name)) return stateAt(join(folder, name));
  if (!name.startsWith('refs/')) return pointedBy(name, bytesAt(join(folder, name)));
  const value = looseAt(folder, name) ?? packedIn(folder).get(name);
  return value === undefined ? undefined : plain(`${value}\n`);
}

/** Names of all references of a folder with what they say; undefined where there are too many to be kept. */
export function referencesIn({ path, isWorktree }: GitFolder): Map<string, string> | undefined {
  const found = isWorktree ? new Map<string, string>() : packedIn(path);
  const pending = ['refs'];
  for (let below = pending.pop(); below !== undefined; below = pending.pop())
    for (const entry of entriesIn(join(path, below))) {
      const name = `${below}/${entry.name}`;
      if (entry.isDirectory()) pending.push(name);
      const value = entry.isFile() && isReference(name) ? looseAt(path, name) : undefined;
      if (value !== undefined) found.set(name, value);
      if (found.size > MOST_REFERENCES) return undefined;
    }
  return found.size > MOST_REFERENCES ? undefined : found;
}

/** The files of a folder that say where it stands, beside its references. */
export const FILES: readonly string[] = [...POINTER_FILES, STASH_LOG];

/** What a file that says where a repository stands says; undefined where it is none that can be understood. */
export function pointedBy(name: string, bytes: Buffer | undefined): Pointed | undefined {
  if (bytes === undefined) return undefined;
  if (name !== 'index') return plain(bytes);
  const digest = indexDigest(bytes);
  return digest === undefined ? undefined : { bytes, digest };
}

/** What stands in a folder of something that is not over, told apart by names, sizes and times; none of it is kept. */
function stateAt(path: string): Pointed | undefined {
  if (statOf(path)?.isDirectory() !== true) return undefined;
  const lines: string[] = [];
  const pending = [''];
  for (let below = pending.pop(); below !== undefined && lines.length < MOST_IN_STATE; below = pending.pop())
    for (const entry of entriesIn(path + below)) {
      const at = `${below}/${entry.name}`;
      const info = statOf(path + at);
      lines.push(JSON.stringify([at, info?.size, info?.mtimeMs]));
      if (entry.isDirectory()) pending.push(at);
    }
  return plain(lines.sort().join('\n'));
}

/** Bytes of a regular file that is not too large. */
export function bytesAt(path: string): Buffer | undefined {
  let fd: number;
  try {
    fd = openSync(path, READ);
  } catch {
    return undefined;
  }
  try {
    const info = fstatSync(fd);
    if (!info.isFile() || info.size > MOST_BYTES) return undefined;
    const bytes = Buffer.alloc(info.size);
    let size = 0;
    while (size < bytes.length) {
      const read = readSync(fd, bytes, size, bytes.length - size, size);
      if (read === 0) break;
      size += read;
    }
    return bytes.subarray(0, size);
  } finally {
    closeSync(fd);
  }
}

/** The list of references that have no file of their own, by name (gitrepository-layout(5), packed-refs). */
export function packedIn(folder: string): Map<string, string> {
  const packed = new Map<string, string>();
  const text = bytesAt(join(folder, 'packed-refs'))?.toString('utf8') ?? '';
  for (const line of text.split('\n')) {
    const cut = line.indexOf(' ');
    const [value, name] = [line.slice(0, cut), line.slice(cut + 1)];
    if (cut > 0 && isValue(value) && isReference(name)) packed.set(name, value);
  }
  return packed;
}

export function looseAt(folder: string, name: string): string | undefined {
  const path = join(folder, name);
  const info = statOf(path);
  if (!info?.isFile() || info.size > MOST_OF_REFERENCE) return undefined;
  const value = bytesAt(path)?.toString('utf8').trimEnd();
  return value !== undefined && isValue(value) ? value : undefined;
}

export function statOf(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined; // below what is no folder
  }
}

function entriesIn(folder: string): import('node:fs').Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

function plain(content: Buffer | string): Pointed {
  const bytes = Buffer.from(content);
  return { bytes, digest: sha256(bytes) };
}

/** Undefined where it is split over two files, or is not understood: then it is not kept either. */
function indexDigest(bytes: Buffer): string | undefined {
  for (const length of DIGESTS) {
    const lines: string[] = [];
    const entries = entriesInIndex(bytes, length);
    let next = entries.next();
    for (; next.done !== true; next = entries.next()) {
      const { name, content, flags, extended } = next.value;
      // What it is, in which stage of a merge, and whether it is only meant to be added.
      lines.push(`${content()} ${flags & 0x3000} ${extended}\t${name}`);
    }
    if (next.value) return sha256(lines.join('\n'));
  }
  return undefined;
}
