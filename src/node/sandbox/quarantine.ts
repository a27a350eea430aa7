import { randomUUID } from 'node:crypto';
import { chmod, cp, lstat, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parentOf } from '../../core/scope/spelling.ts';
import { bytesOfPath, textOfName } from '../files/rawPath.ts';
import { makePrivate } from '../folders.ts';
import { entryAt } from './entries.ts';
import { GIT_TRAPS } from './gitParts.ts';
import { Stretch } from './stretch.ts';
import type { Survey } from './survey.ts';

/** Whatever would make editor or git run something, as far as it is there. */
export async function controlEntries(found: Survey): Promise<string[]> {
  const entries = [
    ...found.protectedPaths,
    ...found.protectedLinks,
    ...found.gitFolders,
    ...found.controlsInDenied,
    ...found.guardedLinks,
    ...found.linksAbove,
  ];
  const stretch = new Stretch();
  for (const folder of [...found.gitFolders, ...found.bareFolders]) {
    await stretch.rest();
    for (const trap of GIT_TRAPS) if (entryAt(join(folder, trap))) entries.push(join(folder, trap));
  }
  // A folder stops being a repository without its HEAD; the folder itself may be the workspace.
  return [...entries, ...found.bareFolders.map((folder) => join(folder, 'HEAD'))];
}

/** Moves entries that appeared during a call out of the workspace, before anybody can act on them. */
export async function quarantine(paths: readonly string[], dataFolder: string): Promise<string[]> {
  const sentences: string[] = [];
  for (const path of paths) {
    const movable = withinReach(path);
    if (!entryAt(movable)) continue; // it lay in one that was moved already
    const folder = join(dataFolder, 'quarantine');
    await makePrivate(folder);
    const shown = movable.isWellFormed() ? movable : movable.toWellFormed();
    // One that cannot be dealt with must not keep the others from being dealt with.
    const what = await setAside(movable, join(folder, randomUUID())).catch(
      (error: unknown) =>
        `could not be taken away (${error instanceof Error ? error.message : String(error)}): look at it before you go on`,
    );
    sentences.push(`[${shown} appeared while the command ran; it is protected and ${what}]`);
  }
  return sentences;
}

/** The kernel takes no path of more than 4096 bytes (PATH_MAX): of a deeper one the last folder that it takes. */
function withinReach(path: string): string {
  let at = path;
  while (bytesOfPath(at).length > 3500) at = parentOf(at);
  return at;
}

/** What became of it. The command ran as the same account: it may have made things hard to move. */
async function setAside(path: string, target: string): Promise<string> {
  const parent = bytesOfPath(parentOf(path));
  const { mode } = await lstat(parent);
  if ((mode & 0o300) !== 0o300) await chmod(parent, mode | 0o700).catch(() => undefined);
  await openUp(path);
  try {
    await rename(bytesOfPath(path), target);
    return movedTo(target);
  } catch {
    // Another file system. Under another name first: whatever fails from here on, it is disarmed.
    const aside = `${parentOf(path)}/oversign-set-aside-${randomUUID()}`;
    await rename(bytesOfPath(path), bytesOfPath(aside));
    const isKept = await copyPlain(aside, target);
    const isGone = await rm(bytesOfPath(aside), { recursive: true, force: true }).then(
      () => true,
      () => false,
    );
    if (!isGone) return `now is ${aside.toWellFormed()}, as it could not be taken away: look at it and remove it`;
    return isKept ? movedTo(target) : 'was removed';
  } finally {
    if ((mode & 0o300) !== 0o300) await chmod(parent, mode & 0o7777).catch(() => undefined);
  }
}

function movedTo(target: string): string {
  return `was moved to ${target}; if you made it, move it back`;
}

/** Copies what can be copied, links as links. */
async function copyPlain(from: string, to: string): Promise<boolean> {
  const isPlain = async (path: string): Promise<boolean> => {
    const info = await lstat(path);
    return info.isFile() || info.isDirectory() || info.isSymbolicLink();
  };
  return cp(from, to, { recursive: true, verbatimSymlinks: true, filter: isPlain }).then(
    () => true,
    () => false,
  );
}

async function openUp(path: string): Promise<void> {
  const bytes = bytesOfPath(path);
  const info = await lstat(bytes).catch(() => undefined);
  if (!info?.isDirectory()) return;
  await chmod(bytes, 0o700).catch(() => undefined);
  for (const name of await readdir(bytes, { encoding: 'buffer' }).catch(() => []))
    await openUp(`${path}/${textOfName(name)}`);
}
