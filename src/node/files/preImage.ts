import { createHash } from 'node:crypto';
import { lstat, open, readdir, readlink } from 'node:fs/promises';
import { constants } from 'node:fs';
import type { PreImage } from '../../shared/action.ts';
import { isMissing } from './openTree.ts';
import { sha256 } from './hash.ts';

const MOST_ENTRIES = 20_000;

/**
 * What stands at a path now. A file's digest covers its bytes; a folder's covers name, kind, size and time of
 * everything below it; a link's covers its target. `at` is the path to look through, `path` the one to report.
 */
export async function preImageAt(at: string, path: string): Promise<PreImage> {
  const info = await lstat(at).catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
  if (info === undefined) return { path, kind: 'absent' };
  if (info.isSymbolicLink()) return { path, kind: 'link', digest: sha256(await readlink(at)) };
  if (info.isDirectory()) return { path, kind: 'directory', ...(await folderDigest(at)) };
  if (!info.isFile()) return { path, kind: 'other' };
  const { digest, size } = await fileDigest(at);
  return { path, kind: 'file', digest, size };
}

async function fileDigest(at: string): Promise<{ digest: string; size: number }> {
  const handle = await open(at, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  const hash = createHash('sha256');
  let size = 0;
  try {
    const buffer = Buffer.alloc(65_536);
    for (;;) {
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, size);
      if (bytesRead === 0) return { digest: hash.digest('hex'), size };
      hash.update(buffer.subarray(0, bytesRead));
      size += bytesRead;
    }
  } finally {
    await handle.close();
  }
}

async function folderDigest(at: string): Promise<{ digest?: string; size: number }> {
  const hash = createHash('sha256');
  let entries = 0;
  let size = 0;
  const visit = async (path: string, below: string): Promise<boolean> => {
    for (const name of (await readdir(path)).sort()) {
      entries += 1;
      if (entries > MOST_ENTRIES) return false;
      const info = await lstat(`${path}/${name}`);
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
      if (info.isDirectory() && !(await visit(`${path}/${name}`, `${below}/${name}`))) return false;
    }
    return true;
  };
  const complete = await visit(at, '');
  return complete ? { digest: hash.digest('hex'), size } : { size };
}

/** Whether two looks at a path saw the same thing. Without a digest nothing is known to be the same, save absence. */
export function isSame(a: PreImage, b: PreImage): boolean {
  if (a.kind !== b.kind) return false;
  if (a.kind === 'absent') return true;
  return a.digest !== undefined && a.digest === b.digest;
}
