import type { Dir } from 'node:fs';
import { lstat, opendir } from 'node:fs/promises';
import type { Effort } from '../../core/scope/files.ts';
import type { Scope } from '../../core/scope/scope.ts';
import { codeOf } from '../sandbox/gitFile.ts';
import { Stretch } from '../sandbox/stretch.ts';
import { bytesOfPath, textOfName } from './rawPath.ts';

const MOST = 500_000;

/**
 * Finds whether a file with several names is also a denied one, in the workspace or outside: same device and inode.
 * A link count says nothing by itself. Names come and go, so they are looked for anew for each call; within one call
 * once, since every file of a package store may have several names. If there is too much to look at, or something that
 * cannot be looked at, the answer is yes: fail closed.
 */
export class DeniedNames {
  readonly #effort: Effort | undefined;
  #found: Promise<ReadonlySet<string> | 'too many'> | undefined;

  /** Without an effort nothing is kept: each question looks anew. */
  constructor(effort: Effort | undefined) {
    this.#effort = effort;
  }

  async include(file: { dev: number; ino: number; nlink: number }, scope: Scope): Promise<boolean> {
    if (file.nlink < 2) return false;
    const found = this.#effort ? (this.#found ??= this.#look(scope)) : this.#look(scope);
    const names = await found;
    return names === 'too many' || names.has(`${file.dev}:${file.ino}`);
  }

  async #look(scope: Scope): Promise<ReadonlySet<string> | 'too many'> {
    const found = new Set<string>();
    const stretch = new Stretch();
    let looked = 0;
    /** Whether it could be looked at, if it is there. */
    const note = async (path: string): Promise<boolean> => {
      try {
        const info = await lstat(bytesOfPath(path));
        found.add(`${info.dev}:${info.ino}`);
        return true;
      } catch (error) {
        return codeOf(error) !== 'EACCES';
      }
    };
    for (const path of scope.deniedOutside) await note(path);
    const pending = [
      ...scope.roots.map((folder) => ({ folder, denied: scope.isDenied(folder) })),
      ...scope.deniedOutside.map((folder) => ({ folder, denied: true })),
    ];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      this.#effort?.check();
      const folder = await opened(next.folder);
      if (folder === 'closed' && (next.denied || scope.deniesInside)) return 'too many';
      if (!folder || folder === 'closed') continue;
      for await (const entry of folder) {
        await stretch.rest();
        looked += 1;
        if (looked > MOST) return 'too many';
        const path = `${next.folder}/${textOfName(Buffer.from(entry.name, 'latin1'))}`;
        const denied = next.denied || scope.isDenied(path);
        if (entry.isDirectory()) pending.push({ folder: path, denied });
        else if (denied && !(await note(path)) && scope.rootOf(path) !== undefined) return 'too many';
      }
    }
    return found;
  }
}

/**
 * Read as it goes, a name's bytes as characters; undefined where it cannot be looked into. `closed`: only because the
 * account closed a folder of its own, so that it holds nobody knows which names.
 */
async function opened(folder: string): Promise<Dir | 'closed' | undefined> {
  return opendir(bytesOfPath(folder), { encoding: 'latin1', bufferSize: 512 }).catch(async (error: unknown) => {
    if (codeOf(error) !== 'EACCES') return undefined;
    const info = await lstat(bytesOfPath(folder)).catch(() => undefined);
    return info?.uid === process.getuid?.() ? 'closed' : undefined;
  });
}
