import type { PreImage } from '../../../shared/action.ts';
import { ToolFailure } from '../../outcome.ts';
import type { Files } from '../../scope/files.ts';
import type { Scope } from '../../scope/scope.ts';

/** A file to write: what it is to hold, how it stands, and its bytes as they stand; undefined where it is not there. */
export interface ToWrite {
  readonly path: string;
  readonly content: Uint8Array;
  readonly image: PreImage;
  readonly old: Uint8Array | undefined;
}

/** A file that was written, with what it holds now. */
type Written<T extends ToWrite> = T & { readonly written: Uint8Array };

/**
 * Writes several files, or none: where one cannot be written, those that were are put back. Throws what stood in the way;
 * where one could not be put back, for the person had it by then, that is said.
 */
export async function writeAll<T extends ToWrite>(
  writes: readonly T[],
  files: Files,
  scope: Scope,
): Promise<Written<T>[]> {
  // A new file's folder may be missing: only writing makes it.
  for (const { path, image } of writes) if (image.kind !== 'absent') await files.assertWritable(path, image);
  const done: Written<T>[] = [];
  try {
    for (const one of writes) done.push({ ...one, written: await files.write(one.path, one.content, one.image) });
    return done;
  } catch (error) {
    const left: string[] = [];
    for (const one of done.toReversed()) if (!(await isPutBack(one, files))) left.push(scope.shown(one.path));
    if (left.length === 0) throw error;
    const why = error instanceof Error ? error.message : 'unknown failure';
    throw new ToolFailure(`${why}. Written already, and not put back: ${left.join(', ')}. Read them again`);
  }
}

async function isPutBack({ path, old, written }: Written<ToWrite>, files: Files): Promise<boolean> {
  try {
    const image = await files.preImage(path);
    const now = await files.read(path, written.length);
    if (now.length !== written.length || now.some((byte, at) => byte !== written[at])) return false;
    if (old === undefined) await files.remove(path, image);
    else await files.write(path, old, image);
    return true;
  } catch {
    return false; // whatever kept it: it is told that this one stays
  }
}
