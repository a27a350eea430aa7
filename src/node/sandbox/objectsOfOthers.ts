import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { entryAt } from './entries.ts';
import type { Authors } from './whoWrote.ts';

/**
 * Whether a file's content came into the repository by others. A command can name in the index what others then commit,
 * so that it is the object that tells, not the branch; of one in a pack it is the new packs, and the branches as well.
 */
export function isObjectOfOthers(
  gitFolder: string,
  object: string,
  { changed, who }: { changed: ReadonlySet<string>; who: Authors },
): boolean {
  const objects = join(gitFolder, 'objects');
  const loose = join(objects, object.slice(0, 2), object.slice(2));
  if (entryAt(loose)) return who.isChangeOfOthers(loose);
  const packs = namesIn(join(objects, 'pack')).map((name) => join(objects, 'pack', name));
  const fresh = packs.filter((path) => who.isSince(path));
  return (
    fresh.length > 0 &&
    [...fresh, ...[...changed].map((name) => join(gitFolder, name))].every((path) => who.isChangeOfOthers(path))
  );
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
