import { randomUUID } from 'node:crypto';
import { lstat, mkdir, readdir, readFile, rmdir, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bytesOfPath } from '../files/rawPath.ts';
import { makePrivate } from '../folders.ts';
import { identityOf, isAlive, type ProcessIdentity } from '../process/identity.ts';
import { withLock } from '../process/lock.ts';

export interface Placeholder {
  path: string;
  kind: 'folder' | 'file';
  content: string;
}

interface Journal {
  owner: ProcessIdentity;
  placeholders: Placeholder[];
}

/** What a call relies on, and the way to let go of it. */
export interface Cover {
  /** Every stand-in that the call relies on, whoever made it. */
  standIns: ReadonlySet<string>;
  uncover(): Promise<void>;
}

/**
 * Empty stand-ins for protected paths that do not exist, so that there is something to mount over while a command
 * runs. A journal for each call says which it relies on; the account's processes share the folder of journals, make
 * and remove stand-ins one after the other, and a stand-in goes when no living call relies on it any more: with it
 * would go the mounts over it. Whoever starts next clears up after a crash.
 */
export class Placeholders {
  readonly #journals: string;
  #known = new Map<string, Placeholder>();

  constructor(dataFolder: string) {
    this.#journals = join(dataFolder, 'placeholders');
  }

  /** Looks which stand-ins there are for running calls of all processes; `has` answers from this. */
  async look(): Promise<void> {
    this.#known = new Map();
    for (const { journal } of await this.#read())
      for (const one of journal?.placeholders ?? []) if (await isAsMade(one)) this.#known.set(one.path, one);
  }

  /** Whether what is at a path was there only as a stand-in when it was last looked. */
  has(path: string): boolean {
    return this.#known.has(path);
  }

  /** Makes what is missing, and takes its share in stand-ins of others among `relied`, which are there already. */
  async cover(wanted: readonly Placeholder[], relied: readonly string[]): Promise<Cover> {
    if (wanted.length === 0 && relied.length === 0) return { standIns: new Set(), uncover: () => Promise.resolve() };
    await makePrivate(this.#journals);
    const file = join(this.#journals, `${randomUUID()}.json`);
    const mine = new Map<string, Placeholder>();
    const uncover = (): Promise<void> => this.#locked(() => this.#release(file, [...mine.values()]));
    try {
      await this.#locked(async () => {
        const others = new Map<string, Placeholder>();
        for (const { journal } of await this.#read())
          for (const one of journal?.placeholders ?? []) others.set(one.path, one);
        for (const path of relied) {
          const one = others.get(path);
          if (one && (await isAsMade(one))) mine.set(path, one);
        }
        const missing: Placeholder[] = [];
        for (const one of wanted)
          if (!(await isThere(one.path))) missing.push(one);
          else if (others.has(one.path) && (await isAsMade(one))) mine.set(one.path, one);
        for (const one of missing) mine.set(one.path, one);
        if (mine.size === 0) return;
        // Written before anything is made: whoever finds it there knows what it is.
        const journal: Journal = { owner: identityOf(process.pid), placeholders: [...mine.values()] };
        await writeFile(file, JSON.stringify(journal), { mode: 0o600 });
        for (const one of missing) if (!(await make(one))) mine.delete(one.path);
      });
    } catch (error) {
      await uncover();
      throw error;
    }
    return { standIns: new Set(mine.keys()), uncover };
  }

  /** Takes away what processes that are gone left behind. */
  async recover(): Promise<void> {
    if ((await readdir(this.#journals).catch(() => [])).length === 0) return;
    await this.#locked(async () => {
      for (const { file, journal } of await this.#read())
        if (!journal || !isAlive(journal.owner)) await this.#release(file, journal?.placeholders ?? []);
    });
  }

  async #release(file: string, placeholders: readonly Placeholder[]): Promise<void> {
    await unlink(file).catch(() => undefined);
    const needed = new Set(
      (await this.#read()).flatMap(({ journal }) =>
        journal && isAlive(journal.owner) ? journal.placeholders.map(({ path }) => path) : [],
      ),
    );
    // One may lie in another: the longer path goes first.
    const mine = [...placeholders].sort((a, b) => b.path.length - a.path.length);
    for (const one of mine) if (!needed.has(one.path)) await takeAway(one);
  }

  async #read(): Promise<{ file: string; journal: Journal | undefined }[]> {
    const names = (await readdir(this.#journals).catch(() => [])).filter((name) => name.endsWith('.json'));
    return Promise.all(
      names.map(async (name) => {
        const file = join(this.#journals, name);
        const journal = await readFile(file, 'utf8')
          .then((text) => JSON.parse(text) as Journal)
          .catch(() => undefined);
        return { file, journal };
      }),
    );
  }

  #locked(work: () => Promise<void>): Promise<void> {
    return withLock(join(this.#journals, 'lock'), work);
  }
}

async function isThere(path: string): Promise<boolean> {
  return lstat(bytesOfPath(path)).then(
    () => true,
    () => false,
  );
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

/** Whether it still is as it was made: an empty folder, a file with exactly the stand-in's content. */
async function isAsMade({ path, kind, content }: Placeholder): Promise<boolean> {
  const bytes = bytesOfPath(path);
  if (kind === 'folder') return (await readdir(bytes).catch(() => ['?'])).length === 0;
  const info = await lstat(bytes).catch(() => undefined);
  if (!info?.isFile() || info.size !== Buffer.byteLength(content)) return false;
  return (await readFile(bytes, 'utf8').catch(() => undefined)) === content;
}

async function takeAway(placeholder: Placeholder): Promise<void> {
  if (placeholder.kind === 'folder') await rmdir(bytesOfPath(placeholder.path)).catch(() => undefined);
  else if (await isAsMade(placeholder)) await unlink(bytesOfPath(placeholder.path)).catch(() => undefined);
}
