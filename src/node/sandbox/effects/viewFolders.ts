import { randomUUID } from 'node:crypto';
import { lstatSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { chmod, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { bytesOfPath, textOfName } from '../../files/rawPath.ts';
import { makePrivate } from '../../folders.ts';
import { isAbandoned, ownerText } from '../../process/owner.ts';

/** Where copy-on-write views are kept while they are: below the data folder, each in a folder of its own. */
export class ViewFolders {
  readonly #folder: string;

  constructor(dataFolder: string) {
    this.#folder = join(dataFolder, 'effects');
  }

  async make(): Promise<string> {
    await makePrivate(this.#folder);
    const at = join(this.#folder, randomUUID());
    mkdirSync(at, { mode: 0o700 });
    writeFileSync(join(at, 'owner.json'), ownerText(), { mode: 0o600 });
    return at;
  }

  /** Also of one that a command has closed: its processes are gone. The owner's name goes last. */
  async remove(at: string): Promise<void> {
    await openUp(at);
    for (const name of await readdir(at).catch(() => []))
      if (name !== 'owner.json') await rm(join(at, name), { recursive: true, force: true });
    await rm(at, { recursive: true, force: true });
  }

  /** Takes away what processes that are gone left behind. */
  async recover(): Promise<void> {
    for (const name of namesIn(this.#folder)) {
      const at = join(this.#folder, name);
      if (isAbandoned(at)) await this.remove(at);
    }
  }
}

/** Lets its owner look into everything below a folder, and read every file. No link is followed. */
export async function openUp(folder: string): Promise<void> {
  const bytes = bytesOfPath(folder);
  await chmod(bytes, 0o700).catch(() => undefined);
  for (const entry of await readdir(bytes, { withFileTypes: true, encoding: 'buffer' }).catch(() => [])) {
    const path = `${folder}/${textOfName(entry.name)}`;
    if (entry.isDirectory()) await openUp(path);
    else if (entry.isFile()) await openFile(path);
  }
}

async function openFile(path: string): Promise<void> {
  const info = lstatSync(bytesOfPath(path), { throwIfNoEntry: false });
  // Of what is readable already nothing is written.
  if (info && (info.mode & 0o400) === 0) await chmod(bytesOfPath(path), info.mode | 0o400).catch(() => undefined);
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
