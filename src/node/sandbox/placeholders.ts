import { randomUUID } from 'node:crypto';
import { lstat, mkdir, readdir, readFile, rmdir, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bytesOfPath } from '../files/rawPath.ts';
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
  /** Covering and uncovering happen one after the other, or one call would take away what another just found made. */
  #last: Promise<void> = Promise.resolve();

  constructor(dataFolder: string) {
    this.#journals = join(dataFolder, 'placeholders');
  }

  /** Whether what is at a path is there only as a stand-in for a running call. */
  has(path: string): boolean {
    return this.#uses.has(path);
  }

  /** Makes what is missing; returns a function that takes it away again, as far as it is still empty. */
  async cover(wanted: readonly Placeholder[]): Promise<() => Promise<void>> {
    if (wanted.length === 0) return () => Promise.resolve();
    await makePrivate(this.#journals);
    const journal = join(this.#journals, `${randomUUID()}.json`);
    await writeFile(
      journal,
      JSON.stringify({ owner: identityOf(process.pid), placeholders: [...wanted] } satisfies Journal),
      { mode: 0o600, flush: true },
    );
    const made: Placeholder[] = [];
    const uncover = (): Promise<void> =>
      this.#oneByOne(async () => {
        for (const placeholder of made) await this.#release(placeholder);
        await unlink(journal).catch(() => undefined);
      });
    try {
      await this.#oneByOne(async () => {
        for (const placeholder of wanted) {
          const isNew = await make(placeholder);
          if (!isNew && !this.#uses.has(placeholder.path)) continue;
          this.#uses.set(placeholder.path, (this.#uses.get(placeholder.path) ?? 0) + 1);
          made.push(placeholder);
        }
      });
    } catch (error) {
      await uncover();
      throw error;
    }
    return uncover;
  }

  async #release(placeholder: Placeholder): Promise<void> {
    const uses = (this.#uses.get(placeholder.path) ?? 1) - 1;
    if (uses > 0) this.#uses.set(placeholder.path, uses);
    else {
      await takeAway(placeholder);
      this.#uses.delete(placeholder.path);
    }
  }

  #oneByOne(work: () => Promise<void>): Promise<void> {
    const mine = this.#last.then(work);
    this.#last = mine.catch(() => undefined);
    return mine;
  }

  /** Takes away what processes that are gone left behind. */
  async recover(): Promise<void> {
    const dead: { file: string; placeholders: Placeholder[] }[] = [];
    for (const name of await readdir(this.#journals).catch(() => [])) {
      const file = join(this.#journals, name);
      const journal = await readFile(file, 'utf8')
        .then((text) => JSON.parse(text) as Journal)
        .catch(() => undefined);
      if (journal && isAlive(journal.owner)) continue;
      dead.push({ file, placeholders: journal?.placeholders ?? [] });
    }
    // One may lie in another of an earlier crash: the longer path goes first.
    const left = dead.flatMap(({ placeholders }) => placeholders).sort((a, b) => b.path.length - a.path.length);
    for (const placeholder of left) if (!this.#uses.has(placeholder.path)) await takeAway(placeholder);
    for (const { file } of dead) await unlink(file).catch(() => undefined);
  }
}

async function make(placeholder: Placeholder): Promise<boolean> {
  try {
    if (placeholder.kind === 'folder') await mkdir(bytesOfPath(placeholder.path));
    else await writeFile(bytesOfPath(placeholder.path), placeholder.content, { flag: 'wx' });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

/** Removes only what still is as it was made: an empty folder, a file with exactly the stand-in's content. */
async function takeAway(placeholder: Placeholder): Promise<void> {
  if (placeholder.kind === 'folder') {
    await rmdir(bytesOfPath(placeholder.path)).catch(() => undefined);
    return;
  }
  const info = await lstat(bytesOfPath(placeholder.path)).catch(() => undefined);
  if (!info?.isFile() || info.size !== Buffer.byteLength(placeholder.content)) return;
  if ((await readFile(bytesOfPath(placeholder.path), 'utf8').catch(() => undefined)) === placeholder.content)
    await unlink(bytesOfPath(placeholder.path)).catch(() => undefined);
}
