import { rename, symlink, unlink } from 'node:fs/promises';
import { parentOf } from '../../core/scope/spelling.ts';
import { isMissing, type Place } from './openTree.ts';
import type { UnfinishedWrites } from './unfinishedWrites.ts';

interface Replacing {
  /** Throws where what stands there is not as it was; asked last. */
  isUnchanged: () => Promise<void>;
  unfinished: Pick<UnfinishedWrites, 'begin'>;
}

/** Puts a link in place in one step, whatever file or link stood there: at no moment is there neither. */
export async function replaceByLink(
  place: Place,
  path: string,
  target: string,
  { isUnchanged, unfinished }: Replacing,
): Promise<void> {
  const { name, end } = unfinished.begin(parentOf(path));
  try {
    await symlink(target, place.at(name));
    await isUnchanged();
    await rename(place.at(name), place.at());
    await place.sync();
  } finally {
    const isGone = await unlink(place.at(name)).then(
      () => true,
      (error: unknown) => isMissing(error), // renamed
    );
    if (isGone) end(); // else whoever starts next takes it away
  }
}
