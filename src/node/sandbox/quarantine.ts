import { randomUUID } from 'node:crypto';
import { chmod, cp, lstat, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parentOf } from '../../core/scope/spelling.ts';
import { bytesOfPath, textOfName } from '../files/rawPath.ts';
import { makePrivate } from '../folders.ts';
import { GIT_TRAPS } from './gitParts.ts';
import type { Survey } from './survey.ts';

/** Whatever would make editor or git run something, as far as it is there. */
export async function controlEntries(found: Survey): Promise<string[]> {
  const entries = [...found.protectedPaths, ...found.protectedLinks, ...found.gitFolders];
  for (const folder of [...found.gitFolders, ...found.bareFolders])
    for (const trap of GIT_TRAPS) if (await isThere(join(folder, trap))) entries.push(join(folder, trap));
  // A folder stops being a repository without its HEAD; the folder itself may be the workspace.
  return [...entries, ...found.bareFolders.map((folder) => join(folder, 'HEAD'))];
}

/** Moves entries that appeared during a call out of the workspace, before anybody can act on them. */
export async function quarantine(paths: readonly string[], dataFolder: string): Promise<string[]> {
  const sentences: string[] = [];
  for (const path of paths) {
    if (!(await isThere(path))) continue; // it lay in one that was moved already
    const folder = join(dataFolder, 'quarantine');
    await makePrivate(folder);
    const target = join(folder, randomUUID());
    const isKept = await setAside(path, target);
    const shown = path.isWellFormed() ? path : path.toWellFormed();
    sentences.push(
      `[${shown} appeared while the command ran; it is protected and was ${isKept ? `moved to ${target}` : 'removed'}]`,
    );
  }
  return sentences;
}

/** Whether a copy could be kept. The command ran as the same account: it may have made things hard to move. */
async function setAside(path: string, target: string): Promise<boolean> {
  const parent = bytesOfPath(parentOf(path));
  const { mode } = await lstat(parent);
  if ((mode & 0o300) !== 0o300) await chmod(parent, mode | 0o700).catch(() => undefined);
  await openUp(path);
  let isKept = true;
  try {
    await rename(bytesOfPath(path), target);
  } catch {
    // Another file system: copy what can be copied, links as links, then remove.
    const isPlain = async (from: string): Promise<boolean> => {
      const info = await lstat(from);
      return info.isFile() || info.isDirectory() || info.isSymbolicLink();
    };
    isKept = await cp(path, target, { recursive: true, verbatimSymlinks: true, filter: isPlain }).then(
      () => true,
      () => false,
    );
    await rm(bytesOfPath(path), { recursive: true, force: true });
  }
  if ((mode & 0o300) !== 0o300) await chmod(parent, mode & 0o7777).catch(() => undefined);
  return isKept;
}

async function openUp(path: string): Promise<void> {
  const bytes = bytesOfPath(path);
  const info = await lstat(bytes).catch(() => undefined);
  if (!info?.isDirectory()) return;
  await chmod(bytes, 0o700).catch(() => undefined);
  for (const name of await readdir(bytes, { encoding: 'buffer' }).catch(() => []))
    await openUp(`${path}/${textOfName(name)}`);
}

async function isThere(path: string): Promise<boolean> {
  return lstat(bytesOfPath(path)).then(
    () => true,
    () => false,
  );
}
