import { randomUUID } from 'node:crypto';
import { chmod, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Home and temporary files of commands: a folder that only this process uses, there while a command runs and gone
 * afterwards. Its name stays the same, for a command's environment must be known before it is approved.
 */
export class Scratch {
  readonly folder: string;
  readonly home: string;
  readonly temporary: string;
  #uses = 0;
  /** Making and removing happen one after the other. */
  #last: Promise<void> = Promise.resolve();

  constructor(parent: string) {
    // Short: the name of a socket in there must fit in 104 bytes (unix(4)).
    this.folder = join(parent, `oversign-${randomUUID().slice(0, 8)}`);
    this.home = join(this.folder, 'home');
    this.temporary = join(this.folder, 'tmp');
  }

  /** Runs `work` while the folder is there. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    await this.#oneByOne(async () => {
      // Not recursive: where something of that name stands already it is somebody else's.
      if (this.#uses === 0)
        for (const folder of [this.folder, this.home, this.temporary]) await mkdir(folder, { mode: 0o700 });
      this.#uses += 1;
    });
    try {
      return await work();
    } finally {
      await this.#oneByOne(async () => {
        this.#uses -= 1;
        if (this.#uses === 0) await remove(this.folder);
      });
    }
  }

  #oneByOne(work: () => Promise<void>): Promise<void> {
    const mine = this.#last.then(work);
    this.#last = mine.catch(() => undefined);
    return mine;
  }
}

/** A command can close folders to hold on to what is in them. */
async function remove(folder: string): Promise<void> {
  await openUp(folder);
  await rm(folder, { recursive: true, force: true });
}

async function openUp(folder: string): Promise<void> {
  await chmod(folder, 0o700).catch(() => undefined);
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => []))
    if (entry.isDirectory()) await openUp(join(folder, entry.name));
}
