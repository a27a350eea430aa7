import { lstat, readdir, rmdir, unlink, type FileHandle } from 'node:fs/promises';
import { HAS_OPEN_LOOKUP, openFolder, Place } from './openTree.ts';

/**
 * Removes what stands at a place, a folder with everything in it. Every folder is entered through an open descriptor
 * and never through a link: Node's own recursive `rm` goes by path, so that a folder swapped for a link while it runs
 * would have it empty the folder that the link leads to. `permit` is asked for every path first, and throws.
 */
export async function removeTree(place: Place, path: string, permit: (path: string) => void): Promise<void> {
  permit(path);
  const info = await lstat(place.at());
  if (!info.isDirectory()) {
    await unlink(place.at());
    return;
  }
  const folder: FileHandle = await openFolder(place.at(), path);
  try {
    for (const name of await readdir(HAS_OPEN_LOOKUP ? `/proc/self/fd/${folder.fd}` : path))
      await removeTree(new Place(folder, path, name), `${path}/${name}`, permit);
  } finally {
    await folder.close();
  }
  await rmdir(place.at());
}
