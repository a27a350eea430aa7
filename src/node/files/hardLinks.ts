import type { Dirent } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import type { Scope } from '../../core/scope/scope.ts';
import { bytesOfPath, textOfName } from './rawPath.ts';

const MOST = 500_000;

/**
 * Finds whether a file with several names is also a denied one, in the workspace or outside: same device and inode.
 * A link count says nothing by itself. Names come and go, so they are looked for anew each time. If there is too much
 * to look at, the answer is yes: fail closed.
 */
export async function isNameOfDenied(
  file: { dev: number; ino: number; nlink: number },
  scope: Scope,
): Promise<boolean> {
  if (file.nlink < 2) return false;
  let looked = 0;
  const isSame = async (path: string): Promise<boolean> => {
    const info = await lstat(bytesOfPath(path)).catch(() => undefined);
    return info?.ino === file.ino && info.dev === file.dev;
  };
  const visit = async (folder: string, denied: boolean): Promise<boolean> => {
    for (const entry of await entriesOf(folder)) {
      looked += 1;
      if (looked > MOST) return true;
      const path = `${folder}/${textOfName(entry.name)}`;
      const isDenied = denied || scope.isDenied(path);
      if (entry.isDirectory() ? await visit(path, isDenied) : isDenied && (await isSame(path))) return true;
    }
    return false;
  };
  for (const root of scope.roots) if (await visit(root, scope.isDenied(root))) return true;
  for (const path of scope.deniedOutside) if ((await isSame(path)) || (await visit(path, true))) return true;
  return false;
}

async function entriesOf(folder: string): Promise<Dirent<Buffer>[]> {
  return readdir(bytesOfPath(folder), { withFileTypes: true, encoding: 'buffer' }).catch(() => []);
}
