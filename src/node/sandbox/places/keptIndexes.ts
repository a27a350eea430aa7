import { readdirSync, statSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';

const MOST_DAYS = 7;
const MOST_KEPT = 50;

/** Where indexes of git lie that were made for cages: see `RepositoriesAbove`. */
export function indexFolder(dataFolder: string): string {
  return join(dataFolder, 'sandbox-index');
}

/**
 * Takes away indexes that nobody has made anew for a week, and all but the newest fifty. One that a cage has is there for
 * it all the same (a mount holds the file, not its name), and whoever wants it again makes it again.
 */
export function pruneIndexes(dataFolder: string, now = Date.now()): void {
  const folder = indexFolder(dataFolder);
  const all = namesIn(folder)
    .map((name) => join(folder, name))
    .map((file) => ({ file, made: statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? now }))
    .sort((a, b) => b.made - a.made);
  for (const [place, { file, made }] of all.entries())
    if (place >= MOST_KEPT || now - made > MOST_DAYS * 86_400_000) remove(file);
}

function remove(file: string): void {
  try {
    unlinkSync(file);
  } catch {
    return; // another process was quicker
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
