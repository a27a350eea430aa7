import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Scope } from '../../core/scope/scope.ts';

const MOST = 50_000;

/**
 * Finds whether a file with several names is also a denied one, in the workspace or outside: same device and inode.
 * A link count says nothing by itself. Only denied files that have several names themselves can match, and those are
 * looked for anew each time, since names come and go. If there is too much to look at, the answer is yes: fail closed.
 */
export async function isNameOfDenied(file: { dev: number; ino: number; nlink: number }, scope: Scope): Promise<boolean> {
  if (file.nlink < 2) return false;
  let looked = 0;
  const visit = async (path: string, denied: boolean): Promise<boolean> => {
    looked += 1;
    if (looked > MOST) return true;
    const isDenied = denied || scope.isDenied(path);
    const info = await lstat(path).catch(() => undefined);
    if (info === undefined) return false;
    if (info.isDirectory()) {
      const names = await readdir(path).catch(() => [] as string[]);
      for (const name of names) if (await visit(join(path, name), isDenied)) return true;
      return false;
    }
    return isDenied && info.nlink > 1 && info.ino === file.ino && info.dev === file.dev;
  };
  for (const root of scope.roots) if (await visit(root, false)) return true;
  for (const path of scope.deniedOutside) if (await visit(path, true)) return true;
  return false;
}
