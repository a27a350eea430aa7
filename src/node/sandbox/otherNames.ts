import type { BigIntStats } from 'node:fs';
import { throwIfStopped } from '../../core/outcome.ts';
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

/** What is at a path, looked at at once, with a breath in between (stretch.ts). */
export async function lookedAt(path: string, { stretch, signal }: LookingThrough): Promise<BigIntStats | undefined> {
  if (signal) throwIfStopped(signal);
  await stretch.rest();
  return entryAt(path);
}

/** The names in the folders under which one of these objects is found as well; `skips`: what is not looked at. */
export async function otherNames(
  roots: readonly string[],
  linked: ReadonlySet<string>,
  skips: (path: string) => boolean,
  how: LookingThrough,
): Promise<string[]> {
  if (linked.size === 0) return [];
  return filesWith(roots, (_, identity) => identity !== undefined && linked.has(identity), skips, how);
}

/** The files of several names, but those of packages, which have them anyway. */
export async function severalNames(
  roots: readonly string[],
  skips: (path: string) => boolean,
  how: LookingThrough,
): Promise<string[]> {
  const isOfPackage = (path: string): boolean => path.includes('/node_modules/');
  return filesWith(roots, (path, identity) => identity !== undefined && !isOfPackage(path), skips, how);
}

async function filesWith(
  roots: readonly string[],
  isOne: (path: string, identity: string | undefined) => boolean,
  skips: (path: string) => boolean,
  how: LookingThrough,
): Promise<string[]> {
  const found: string[] = [];
  const visit = async (folder: string): Promise<void> => {
    for (const { path, kind } of await entriesOrNone(folder, how.stretch)) {
      if (skips(path)) continue;
      if (kind === 'folder') await visit(path);
      else if (kind === 'file' && isOne(path, linkedIdentity(await lookedAt(path, how)))) found.push(path);
    }
  };
  for (const root of roots) await visit(root);
  return found;
}
