import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { sha256 } from '../files/hash.ts';
import { makePrivate } from '../folders.ts';

/** Contents by their SHA-256, each kept once: `blobs/AB/REST`. */
export class Blobs {
  readonly #folder: string;

  constructor(dataFolder: string) {
    this.#folder = join(dataFolder, 'blobs');
  }

  /** Keeps a file's bytes durably. */
  async store(path: string): Promise<{ blob: string; isNew: boolean }> {
    const temporary = await this.#temporary();
    const hash = createHash('sha256');
    const source = createReadStream(path);
    source.on('data', (chunk) => hash.update(chunk));
    await pipeline(source, createWriteStream(temporary, { mode: 0o600, flush: true }));
    return this.#place(temporary, hash.digest('hex'));
  }

  /** Keeps bytes; they may be gone again after a power failure. */
  async put(content: Uint8Array): Promise<{ blob: string; isNew: boolean }> {
    const blob = sha256(content);
    if (existsSync(this.#path(blob))) return { blob, isNew: false };
    const temporary = await this.#temporary();
    await writeFile(temporary, content, { mode: 0o600 });
    return this.#place(temporary, blob);
  }

  async read(blob: string): Promise<Uint8Array | undefined> {
    const content = await readFile(this.#path(blob)).catch(() => undefined);
    // What was put without waiting for the disk, or was damaged, is not what was kept.
    return content !== undefined && sha256(content) === blob ? content : undefined;
  }

  async #temporary(): Promise<string> {
    await makePrivate(this.#folder);
    return join(this.#folder, `${randomUUID()}.tmp`);
  }

  async #place(temporary: string, blob: string): Promise<{ blob: string; isNew: boolean }> {
    const target = this.#path(blob);
    await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    const isNew = !existsSync(target);
    await rename(temporary, target);
    return { blob, isNew };
  }

  #path(blob: string): string {
    return join(this.#folder, blob.slice(0, 2), blob.slice(2));
  }
}
