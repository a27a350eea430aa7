import { closeSync, constants, fstatSync, lstatSync, openSync, readSync, type BigIntStats } from 'node:fs';
import { bytesOfPath } from '../files/rawPath.ts';

/** What is at a path, which is written as `textOfName` does; a link is looked at itself. Undefined where nothing can be seen. */
export function entryAt(path: string): BigIntStats | undefined {
  try {
    return lstatSync(bytesOfPath(path), { bigint: true, throwIfNoEntry: false });
  } catch {
    return undefined; // in a folder that cannot be entered, or below what is no folder
  }
}

/** Which file system object is at a path. Inode numbers are used again; the time of birth is not. */
export function identityAt(path: string): string | undefined {
  const info = entryAt(path);
  return info && `${info.dev}:${info.ino}:${info.birthtimeNs}`;
}

/**
 * The first `most` bytes of a regular file; undefined where it is something else. Should it become a FIFO or a link at
 * this very moment, nobody waits for it, and it is not followed. Throws what the kernel says otherwise.
 */
export function bytesAt(path: string, most: number): Buffer | undefined {
  const file = openSync(bytesOfPath(path), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const info = fstatSync(file);
    if (!info.isFile()) return undefined;
    // It may grow while it is read.
    let bytes = Buffer.allocUnsafe(Math.min(most, info.size) + 1);
    let length = 0;
    for (let more = 1; more > 0 && length < most; length += more) {
      if (length === bytes.length) bytes = Buffer.concat([bytes], Math.min(most, 2 * length));
      more = readSync(file, bytes, length, Math.min(bytes.length, most) - length, length);
    }
    return bytes.subarray(0, length);
  } finally {
    closeSync(file);
  }
}
