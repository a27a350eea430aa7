import { opendirSync, type Dirent } from 'node:fs';
import type { Effort } from '../../core/scope/files.ts';
import type { Stretch } from '../sandbox/stretch.ts';

const BATCH = 512;

/**
 * The entries of a folder, as they lie there. Read at once (see `Stretch`) and counted in batches, so that a folder of
 * millions fills no memory before it is found to be too much; whoever else wants the thread has a turn between them.
 */
export async function entriesIn(at: string, effort: Effort | undefined, stretch: Stretch): Promise<Dirent[]> {
  effort?.check();
  await stretch.rest();
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
