import { randomUUID } from 'node:crypto';
import { lstat, mkdir, readdir, readFile, rmdir, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makePrivate } from '../folders.ts';
import { identityOf, isAlive, type ProcessIdentity } from '../process/identity.ts';

export interface Placeholder {
  path: string;
  kind: 'folder' | 'file';
  content: string;
}

interface Journal {
  owner: ProcessIdentity;
  placeholders: Placeholder[];
}

/**
 * Empty stand-ins for protected paths that do not exist, so that there is something to mount over while a command
 * runs. What is about to be made is written to a journal first; whoever starts next clears up after a crash.
 */
export class Placeholders {
  readonly #journals: string;
  /** How many running calls rely on a placeholder that this process made. */
  readonly #uses = new Map<string, number>();

  constructor(dataFolder: string) {
    this.#journals = join(dataFolder, 'placeholders');
  }

  /** Makes what is missing; returns a function that takes it away again, as far as it is still empty. */
  async cover(wanted: readonly Placeholder[]): Promise<() => Promise<void>> {
    if (wanted.length === 0) return () => Promise.resolve();
    await makePrivate(this.#journals);
    const journal = join(this.#journals, `${randomUUID()}.json`);
    await writeFile(journal, JSON.stringify({ owner: identityOf(process.pid), placeholders: [...wanted] } satisfies Journal), { mode: 0o600, flush: true });
    const made: Placeholder[] = [];
    for (const placeholder of wanted) {
      const isNew = await make(placeholder);
      if (!isNew && !this.#uses.has(placeholder.path)) continue;
      this.#uses.set(placeholder.path, (this.#uses.get(placeholder.path) ?? 0) + 1);
      made.push(placeholder);
    }
    return async () => {
      for (const placeholder of made) {
        const uses = (this.#uses.get(placeholder.path) ?? 1) - 1;
        if (uses > 0) this.#uses.set(placeholder.path, uses);
        else {
          this.#uses.delete(placeholder.path);
          await takeAway(placeholder);
        }
      }
      await unlink(journal).catch(() => undefined);
    };
  }

  /** Takes away what processes that are gone left behind. */
  async recover(): Promise<void> {
    for (const name of await readdir(this.#journals).catch(() => [])) {
      const file = join(this.#journals, name);
      const journal = await readFile(file, 'utf8').then((text) => JSON.parse(text) as Journal).catch(() => undefined);
      if (journal && isAlive(journal.owner)) continue;
      for (const placeholder of journal?.placeholders ?? []) await takeAway(placeholder);
      await unlink(file).catch(() => undefined);
    }
  }
}

async function make(placeholder: Placeholder): Promise<boolean> {
  try {
    if (placeholder.kind === 'folder') await mkdir(placeholder.path);
    else await writeFile(placeholder.path, placeholder.content, { flag: 'wx' });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

/** Removes only what still is as it was made: an empty folder, a file with exactly the stand-in's content. */
async function takeAway(placeholder: Placeholder): Promise<void> {
  if (placeholder.kind === 'folder') {
    await rmdir(placeholder.path).catch(() => undefined);
    return;
  }
  const info = await lstat(placeholder.path).catch(() => undefined);
  if (!info?.isFile() || info.size !== Buffer.byteLength(placeholder.content)) return;
  if ((await readFile(placeholder.path, 'utf8').catch(() => undefined)) === placeholder.content)
    await unlink(placeholder.path).catch(() => undefined);
}
