import { readdirSync } from 'node:fs';
import { setImmediate as breathe } from 'node:timers/promises';
import { ToolFailure } from '../../core/outcome.ts';
import { bytesOfPath, textOfName } from '../files/rawPath.ts';
import { entryAt } from './entries.ts';

const MOST = 500_000;
const FRESH_MS = 30_000;
/** A long search is worth keeping longer: at most one part in so many of the time goes into it. */
const SHARE = 200;

/**
 * Files that are denied outside the workspace and have several names: one of those may lie inside it. The agent
 * cannot make such a name itself, so what was found is good for a while.
 */
export class OutsideLinks {
  #last: { key: string; until: number; found: ReadonlySet<string> } | undefined;

  /**
   * "device:inode" of each. Only what is on the same file system as one of the `roots` can have a name there
   * (link(2), EXDEV). Throws if there is too much to look at: then nothing can be ruled out.
   */
  async find(denied: readonly string[], roots: readonly string[]): Promise<ReadonlySet<string>> {
    const key = [...denied, '', ...roots].join('\0');
    if (this.#last?.key === key && performance.now() < this.#last.until) return this.#last.found;
    const began = performance.now();
    const devices = new Set(roots.map((root) => entryAt(root)?.dev));
    const found = new Set<string>();
    const pending = [...denied];
    let looked = 0;
    for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
      looked += 1;
      if (looked % 1000 === 0) await breathe();
      if (looked > MOST)
        throw new ToolFailure(
          `the denied paths outside the workspace hold more than ${MOST} files; the sandbox cannot make sure that none has a second name in it. Deny less, or a narrower folder`,
        );
      const info = entryAt(path);
      // Not there; or out of this account's reach, and so out of the command's.
      if (!info || !devices.has(info.dev)) continue;
      if (info.isDirectory()) pending.push(...entriesOf(path));
      else if (info.nlink > 1n) found.add(`${info.dev}:${info.ino}`);
    }
    const now = performance.now();
    this.#last = { key, until: now + Math.max(FRESH_MS, (now - began) * SHARE), found };
    return found;
  }
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(bytesOfPath(folder), { encoding: 'buffer' }).map((name) => `${folder}/${textOfName(name)}`);
  } catch {
    return [];
  }
}
