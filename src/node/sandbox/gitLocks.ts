import { readdirSync } from 'node:fs';
import { bytesOfPath, textOfName } from '../files/rawPath.ts';
import { entryAt } from './entries.ts';

const MOST_ENTRIES = 20_000;
/** Where git holds what it is about to write: `index.lock`, `config.lock`, `shallow.lock`; one beside each reference. */
const BELOW = ['refs', 'objects/info', 'objects/pack', 'logs'];

/**
 * Files by which git keeps others of its kind from writing meanwhile. One of which nobody is at work any more is in
 * everybody's way: every `git commit` fails.
 */
export function gitLocks(gitFolder: string): string[] {
  const found: string[] = [];
  const pending = [gitFolder];
  let looked = 0;
  for (let at = pending.pop(); at !== undefined; at = pending.pop())
    for (const name of namesIn(at)) {
      if ((looked += 1) > MOST_ENTRIES) return found;
      const path = `${at}/${name}`;
      if (name.endsWith('.lock')) found.push(path);
      else if (isLookedThrough(path, path.slice(gitFolder.length + 1))) pending.push(path);
    }
  return found;
}

/** Objects are a great many, and are not locked one by one. */
function isLookedThrough(path: string, below: string): boolean {
  const isMeant = BELOW.some((one) => one === below || one.startsWith(`${below}/`) || /^(?:refs|logs)\//.test(below));
  return isMeant && entryAt(path)?.isDirectory() === true;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(bytesOfPath(folder), { encoding: 'buffer' }).map(textOfName);
  } catch {
    return []; // no folder, or one that cannot be looked into
  }
}

/** Said of one that is left. */
export function lockWords(path: string): string {
  return `${path.toWellFormed()} is there since the command ran: git was ended in the middle of its work, and refuses to write until it is gone. If no git of yours is at work there, remove it`;
}
