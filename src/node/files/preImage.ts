import { createHash } from 'node:crypto';
import { lstat, open, readlink, type FileHandle } from 'node:fs/promises';
import { constants, lstatSync } from 'node:fs';
import type { PreImage } from '../../shared/action.ts';
import type { Effort } from '../../core/scope/files.ts';
import { Stretch } from '../sandbox/stretch.ts';
import { entriesIn } from './entriesIn.ts';
import { isMissing } from './openTree.ts';
import { sha256 } from './hash.ts';

const MOST_ENTRIES = 20_000;
/** Bytes of a file that are hashed. A sparse file of any length costs its owner nothing. */
const MOST_HASHED = 16 * 2 ** 20;
const BY_IDENTITY = 'identity:';

/**
 * What stands at a path now. A file's digest covers its bytes; that of one too large to be read each time covers which
 * file it is (device and inode), its size, and when its content and its inode changed (in nanoseconds; no program can
 * set the latter). A folder's covers name, kind, size and time of everything below it; a link's covers its target. `at`
 * is the path to look through, `path` the one to report.
 */
export async function preImageAt(at: string, path: string, effort?: Effort): Promise<PreImage> {
  effort?.look();
  const info = await lstat(at).catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
  if (info === undefined) return { path, kind: 'absent' };
  if (info.isSymbolicLink()) return { path, kind: 'link', digest: sha256(await readlink(at)) };
  if (info.isDirectory()) return { path, kind: 'directory', ...(await folderDigest(at, effort)) };
  if (!info.isFile()) return { path, kind: 'other' };
  const { digest, size } = await fileDigest(at, effort);
  return { path, kind: 'file', digest, size };
}

/** Whether a digest says which file it is, and not what is in it. */
export function isByIdentity(digest: string | undefined): boolean {
  return digest?.startsWith(BY_IDENTITY) === true;
}

async function fileDigest(at: string, effort: Effort | undefined): Promise<{ digest: string; size: number }> {
  const handle = await open(at, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const info = await handle.stat({ bigint: true });
    const { dev, ino, size, mtimeNs, ctimeNs } = info;
    const identity = (): { digest: string; size: number } => ({
      digest: `${BY_IDENTITY}${sha256([dev, ino, size, mtimeNs, ctimeNs].join(':'))}`,
      size: Number(size),
    });
    if (size > MOST_HASHED || !info.isFile()) return identity();
    return (await contentDigest(handle, effort)) ?? identity();
  } finally {
    await handle.close();
  }
}

/** Undefined where it turns out to be longer than it said. */
async function contentDigest(
  handle: FileHandle,
  effort: Effort | undefined,
): Promise<{ digest: string; size: number } | undefined> {
  const hash = createHash('sha256');
  const buffer = Buffer.alloc(65_536);
  for (let size = 0; size <= MOST_HASHED;) {
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, size);
    if (bytesRead === 0) return { digest: hash.digest('hex'), size };
    effort?.read(bytesRead);
    hash.update(buffer.subarray(0, bytesRead));
    size += bytesRead;
  }
  return undefined;
}

async function folderDigest(at: string, effort: Effort | undefined): Promise<{ digest?: string; size: number }> {
  const hash = createHash('sha256');
  let entries = 0;
  let size = 0;
  const stretch = new Stretch();
  const pending = [''];
  for (let below = pending.pop(); below !== undefined; below = pending.pop()) {
    const names = (await entriesIn(at + below, effort, stretch)).map(({ name }) => name).sort();
    for (const name of names) {
      entries += 1;
      if (entries > MOST_ENTRIES) return { size };
      await stretch.rest();
      const info = lstatSync(`${at}${below}/${name}`);
      hash.update(
        JSON.stringify([
          `${below}/${name}`,
          info.mode,
          info.isDirectory() ? 0 : info.size,
          info.isDirectory() ? 0 : info.mtimeMs,
          info.ino,
        ]),
      );
      if (info.isFile()) size += info.size;
      if (info.isDirectory()) pending.push(`${below}/${name}`);
    }
  }
  return { digest: hash.digest('hex'), size };
}

/** Whether two looks at a path saw the same thing. Without a digest nothing is known to be the same, save absence. */
export function isSame(a: PreImage, b: PreImage): boolean {
  if (a.kind !== b.kind) return false;
  if (a.kind === 'absent') return true;
  return a.digest !== undefined && a.digest === b.digest;
}
