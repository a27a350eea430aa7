import { lstatSync, opendirSync, readdirSync, statSync, type Dirent } from 'node:fs';
import type { Effort, FileEntry } from '../../core/scope/files.ts';
import type { Stretch } from '../sandbox/stretch.ts';

const BATCH = 512;
/** A folder that takes no more than this on its file system is read whole: it holds some thousand entries at most. */
const SMALL_BYTES = 65_536;

/**
 * The entries of a folder, as they lie there. Read at once (see `Stretch`), those of a large one counted in batches, so
 * that a folder of millions fills no memory before it is found to be too much; whoever else wants the thread has a turn
 * between them.
 */
export async function entriesIn(
  at: string,
  effort: Effort | undefined,
  stretch: Stretch,
  sizeOfFolder = statSync(at).size,
): Promise<Dirent[]> {
  effort?.check();
  await stretch.rest();
  if (sizeOfFolder <= SMALL_BYTES) {
    const all = readdirSync(at, { withFileTypes: true });
    effort?.look(all.length);
    return all;
  }
  const found: Dirent[] = [];
  const folder = opendirSync(at, { bufferSize: BATCH });
  try {
    for (let entry = folder.readSync(); entry !== null; entry = folder.readSync()) {
      effort?.look();
      found.push(entry);
      if (found.length % BATCH === 0) await stretch.rest();
    }
  } finally {
    folder.closeSync();
  }
  return found;
}

/** What an entry is, as it was listed. */
export function kindOf(entry: Dirent): FileEntry['kind'] {
  if (entry.isFile()) return 'file';
  if (entry.isDirectory()) return 'directory';
  return entry.isSymbolicLink() ? 'link' : 'other';
}

/** In bytes. */
export function sizeAt(at: string): number {
  try {
    return lstatSync(at).size;
  } catch {
    return 0; // gone meanwhile
  }
}
