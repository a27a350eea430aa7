import type { Dirent } from 'node:fs';
import { opendir, readdir } from 'node:fs/promises';
import type { Effort } from '../../core/scope/files.ts';
import { Stretch } from '../sandbox/stretch.ts';

const BATCH = 512;

/**
 * The entries of a folder, as they lie there. Read and counted in batches, so that a folder of millions fills no memory
 * before it is found to be too much; whoever else wants the thread has a turn between them.
 */
export async function entriesIn(at: string, effort: Effort | undefined): Promise<Dirent[]> {
  if (!effort) return readdir(at, { withFileTypes: true });
  effort.check();
  const found: Dirent[] = [];
  const stretch = new Stretch();
  // Closed by the loop, however it ends.
  for await (const entry of await opendir(at, { bufferSize: BATCH })) {
    effort.look();
    found.push(entry);
    if (found.length % BATCH === 0) await stretch.rest();
  }
  return found;
}
