import type { BigIntStats } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { throwIfStopped } from '../../core/outcome.ts';
import { bytesOfPath } from '../files/rawPath.ts';
import { entryAt } from './entries.ts';
import { entriesOrNone } from './folderEntries.ts';
import type { Stretch } from './stretch.ts';

/** How a look through a workspace shares its time, and ends. */
export interface LookingThrough {
  stretch: Stretch;
  signal: AbortSignal | undefined;
}

/** Which file system object it is; undefined where it has one name only. */
export function linkedIdentity(info: BigIntStats | undefined): string | undefined {
  return info && !info.isDirectory() && info.nlink > 1n ? `${info.dev}:${info.ino}` : undefined;
}

/** What is at a path: looked at at once while the stretch lasts, by way of the thread pool after it. */
export async function lookedAt(path: string, { stretch, signal }: LookingThrough): Promise<BigIntStats | undefined> {
  if (signal) throwIfStopped(signal);
  return stretch.isOver ? lstat(bytesOfPath(path), { bigint: true }).catch(() => undefined) : entryAt(path);
}

/** The names in the folders under which one of these objects is found as well; `skips`: what is not looked at. */
export async function otherNames(
  roots: readonly string[],
  linked: ReadonlySet<string>,
  skips: (path: string) => boolean,
  how: LookingThrough,
): Promise<string[]> {
  const found: string[] = [];
  if (linked.size === 0) return found;
  const visit = async (folder: string): Promise<void> => {
    for (const { path, kind } of await entriesOrNone(folder, how.stretch)) {
      if (skips(path)) continue;
      if (kind === 'folder') await visit(path);
      else if (kind === 'file') {
        const identity = linkedIdentity(await lookedAt(path, how));
        if (identity !== undefined && linked.has(identity)) found.push(path);
      }
    }
  };
  for (const root of roots) await visit(root);
  return found;
}
