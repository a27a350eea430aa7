import { lstatSync, rmdirSync, unlinkSync } from 'node:fs';
import { rmdir } from 'node:fs/promises';
import { Stretch } from '../sandbox/stretch.ts';
import { entriesIn } from './entriesIn.ts';
import { OpenFolder, Place } from './openTree.ts';

/**
 * Removes what stands at a place, a folder with everything in it. Every folder is entered through an open descriptor
 * and never through a link: Node's own recursive `rm` goes by path, so that a folder swapped for a link while it runs
 * would have it empty the folder that the link leads to. `permit` is asked for every path first, and throws.
 */
export function removeTree(place: Place, path: string, permit: (path: string) => void): Promise<void> {
  return removed(place, path, { permit, stretch: new Stretch() });
}

interface Removing {
  permit: (path: string) => void;
  stretch: Stretch;
}

async function removed(place: Place, path: string, removing: Removing): Promise<void> {
  await removing.stretch.rest();
  removing.permit(path);
  if (!lstatSync(place.at()).isDirectory()) {
    unlinkSync(place.at());
    return;
  }
  const folder = new OpenFolder(place.at(), path);
  try {
    for (const { name } of await entriesIn(folder.at(), undefined, removing.stretch))
      await removed(new Place(folder, name), `${path}/${name}`, removing);
  } finally {
    folder.close();
  }
  rmdirSync(place.at());
}

/** Removes a folder in which nothing is; false where something is, or none stands there. */
export async function removedIfEmpty(at: string): Promise<boolean> {
  try {
    await rmdir(at);
    return true;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOTEMPTY' || code === 'EEXIST' || code === 'ENOENT' || code === 'ENOTDIR') return false;
    throw error;
  }
}
