import { randomUUID } from 'node:crypto';
import { cp, lstat, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { makePrivate } from '../folders.ts';
import { GIT_TRAPS } from './gitParts.ts';
import { survey, type Survey } from './survey.ts';

/** Whatever would make editor or git run something, as far as it was there already. */
export async function controlEntries(found: Survey): Promise<Set<string>> {
  const entries = new Set([...found.protectedPaths, ...found.protectedLinks, ...found.gitFolders]);
  for (const folder of found.gitFolders)
    for (const trap of GIT_TRAPS)
      if (await lstat(join(folder, trap)).catch(() => undefined)) entries.add(join(folder, trap));
  return entries;
}

/**
 * Moves protected entries that appeared during a call out of the workspace, before anybody can act on them.
 * Returns a sentence for each.
 */
export async function quarantineNew(
  roots: readonly string[],
  rules: { isDenied(path: string): boolean; isProtected(path: string): boolean },
  before: Set<string>,
  dataFolder: string,
): Promise<string[]> {
  const sentences: string[] = [];
  for (const path of await controlEntries(await survey(roots, rules))) {
    if (before.has(path)) continue;
    const folder = join(dataFolder, 'quarantine');
    await makePrivate(folder);
    const target = join(folder, randomUUID());
    try {
      await rename(path, target);
    } catch {
      // Another file system: copy, links as links, then remove.
      await cp(path, target, { recursive: true, verbatimSymlinks: true });
      await rm(path, { recursive: true, force: true });
    }
    sentences.push(`[${path} appeared while the command ran; it is protected and was moved to ${target}]`);
  }
  return sentences;
}
