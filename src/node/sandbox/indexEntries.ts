import { DIGESTS, entriesInIndex, type IndexEntry } from '../../core/command/gitIndex.ts';
import type { EverHeld } from '../../core/scope/files.ts';
import { Stretch } from './stretch.ts';

/**
 * What is wanted of the entries of git's index, up to `most`; undefined where it is none that is understood. It may have a
 * million: everything else in this process has its turn meanwhile.
 */
export async function pickedFromIndex<T>(
  bytes: Uint8Array,
  pick: (entry: IndexEntry) => T | undefined,
  most = Infinity,
): Promise<T[] | undefined> {
  const stretch = new Stretch();
  for (const digest of DIGESTS) {
    const entries = entriesInIndex(bytes, digest);
    const picked: T[] = [];
    let next = entries.next();
    for (; next.done !== true && picked.length < most; next = entries.next()) {
      await stretch.rest();
      const one = pick(next.value);
      if (one !== undefined) picked.push(one);
    }
    if (next.done !== true || next.value) return picked;
  }
  return undefined;
}

/** Whether the index holds a file whose name is kept from the agent. */
export async function heldInIndex(bytes: Uint8Array, isKept: (name: string) => boolean): Promise<EverHeld> {
  const picked = await pickedFromIndex(bytes, ({ name }) => (isKept(name) ? name : undefined), 1);
  if (!picked) return { kind: 'unknown' };
  const [name] = picked;
  return name === undefined ? { kind: 'none' } : { kind: 'held', name };
}
