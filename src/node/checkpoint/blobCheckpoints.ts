import { createReadStream, createWriteStream, existsSync, lstatSync, opendirSync, type Dir } from 'node:fs';
import { lstat, mkdir, open, readdir, readFile, readlink, rename, writeFile } from 'node:fs/promises';
import { createHash, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import * as z from 'zod';
import { pipeline } from 'node:stream/promises';
import type { PreImage } from '../../shared/action.ts';
import type { Checkpoints, Undo } from '../../core/checkpoint/port.ts';
import { ToolFailure } from '../../core/outcome.ts';
import { asFailure } from '../files/openTree.ts';
import { isByIdentity, isSame, preImageAt } from '../files/preImage.ts';
import { Stretch } from '../sandbox/stretch.ts';
import { makePrivate } from '../folders.ts';
import { KeptRoom, MOST_OF_RUN } from './keptRoom.ts';

const MOST_FILES = 5000;
const MOST_BYTES = 200 * 1024 * 1024;

/** A text larger than this is not shown. */
const MOST_SHOWN = 5 << 20;

const ManifestSchema = z.object({
  kept: z.array(
    z.object({
      path: z.string(),
      kind: z.string(),
      blob: z
        .string()
        .regex(/^[0-9a-f]{64}$/)
        .optional(),
      size: z.number().optional(),
    }),
  ),
});

type Hindrance = Extract<Undo, { kind: 'none' }>['why'];

interface Seen {
  files: number;
  bytes: number;
  stretch: Stretch;
}

/** One thing as it stood: where, what, how it was allowed, and for a file the blob that holds its bytes. */
interface Kept {
  path: string;
  kind: PreImage['kind'];
  mode?: number;
  blob?: string;
  target?: string;
  size?: number;
}

/**
 * Pre-images as files in the data folder: `blobs/AB/REST` by SHA-256, and one manifest an action under
 * `checkpoints/RUN/ACTION.json`. Both are on disk before `keep` resolves.
 */
export class BlobCheckpoints implements Checkpoints {
  readonly #folder: string;
  readonly #room: KeptRoom;

  constructor(dataFolder: string, mostOfRun = MOST_OF_RUN) {
    this.#folder = dataFolder;
    this.#room = new KeptRoom(mostOfRun);
  }

  async foresee(run: string, paths: readonly string[]): Promise<Undo> {
    const seen = { files: 0, bytes: 0, stretch: new Stretch() };
    for (const path of paths) {
      const why = await this.#hindrance(path, seen);
      if (why !== undefined) return { kind: 'none', why };
    }
    const fits = seen.bytes === 0 || seen.bytes <= (await this.#room.left(run, this.#manifestsOf(run)));
    return fits ? { kind: 'whole' } : { kind: 'none', why: 'too large' };
  }

  async keep(run: string, action: string, preImages: readonly PreImage[]): Promise<{ files: number; bytes: number }> {
    const kept: Kept[] = [];
    const added = { bytes: 0 };
    for (const image of preImages)
      await this.#collect(image.path, kept, added).catch((error: unknown) => {
        throw error instanceof ToolFailure ? error : asFailure(error, image.path);
      });
    for (const image of preImages) {
      const own = kept.find((one) => one.path === image.path);
      const isAsItWas = isByIdentity(image.digest)
        ? isSame(await preImageAt(image.path, image.path), image)
        : own?.blob === image.digest;
      if (image.kind === 'file' && !isAsItWas)
        throw new ToolFailure(`${image.path} changed while its content was being kept; nothing was done`);
    }
    const folder = this.#manifestsOf(run);
    await makePrivate(folder);
    await this.#room.add(run, folder, added.bytes);
    await writeDurably(join(folder, `${action}.json`), JSON.stringify({ version: 1, kept }));
    const files = kept.filter((one) => one.kind === 'file');
    return { files: files.length, bytes: files.reduce((sum, one) => sum + (one.size ?? 0), 0) };
  }

  async text(run: string, action: string, path: string): Promise<string | undefined> {
    const file = join(this.#manifestsOf(run), `${action}.json`);
    const kept = (await readManifest(file))?.kept.find((one) => one.path === path);
    if (kept?.kind === 'absent') return '';
    if (kept?.blob === undefined || (kept.size ?? 0) > MOST_SHOWN) return undefined;
    const blob = join(this.#folder, 'blobs', kept.blob.slice(0, 2), kept.blob.slice(2));
    return readFile(blob, 'utf8').catch(() => undefined);
  }

  #manifestsOf(run: string): string {
    return join(this.#folder, 'checkpoints', run);
  }

  /** Why what stands at a path cannot be kept; undefined where it can. */
  async #hindrance(path: string, seen: Seen): Promise<Hindrance | undefined> {
    await seen.stretch.rest();
    const info = lstatSync(path, { throwIfNoEntry: false });
    if (info === undefined) return undefined;
    seen.files += 1;
    if (info.isFile()) seen.bytes += info.size;
    if (seen.files > MOST_FILES || seen.bytes > MOST_BYTES) return 'too large';
    if (!info.isDirectory()) return info.isFile() || info.isSymbolicLink() ? undefined : 'of another kind';
    const folder = openedOrNone(path);
    if (!folder) return undefined;
    try {
      // Left at the first that is too much: a folder may hold millions.
      for (let entry = folder.readSync(); entry !== null; entry = folder.readSync()) {
        const why = await this.#hindrance(join(path, entry.name), seen);
        if (why !== undefined) return why;
      }
      return undefined;
    } finally {
      folder.closeSync();
    }
  }

  async #collect(path: string, kept: Kept[], added: { bytes: number }): Promise<void> {
    if (kept.length > MOST_FILES) throw new ToolFailure('there is more to keep than fits; nothing was done');
    const info = await lstat(path).catch(() => undefined);
    if (info === undefined) kept.push({ path, kind: 'absent' });
    else if (info.isSymbolicLink()) kept.push({ path, kind: 'link', target: await readlink(path) });
    else if (info.isDirectory()) {
      kept.push({ path, kind: 'directory', mode: info.mode & 0o7777 });
      for (const name of await readdir(path)) await this.#collect(join(path, name), kept, added);
    } else if (info.isFile()) {
      const { blob, isNew } = await this.#store(path);
      if (isNew) added.bytes += info.size;
      kept.push({ path, kind: 'file', mode: info.mode & 0o7777, size: info.size, blob });
    } else throw new ToolFailure(`${path} is neither a file, a folder nor a link; it cannot be kept`);
  }

  async #store(path: string): Promise<{ blob: string; isNew: boolean }> {
    const blobs = join(this.#folder, 'blobs');
    await makePrivate(blobs);
    const temporary = join(blobs, `${randomUUID()}.tmp`);
    const hash = createHash('sha256');
    const source = createReadStream(path);
    source.on('data', (chunk) => hash.update(chunk));
    await pipeline(source, createWriteStream(temporary, { mode: 0o600, flush: true }));
    const digest = hash.digest('hex');
    const folder = join(blobs, digest.slice(0, 2));
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const target = join(folder, digest.slice(2));
    const isNew = !existsSync(target);
    await rename(temporary, target);
    return { blob: digest, isNew };
  }
}

function openedOrNone(folder: string): Dir | undefined {
  try {
    return opendirSync(folder);
  } catch {
    return undefined;
  }
}

/** Undefined where there is none, or it is damaged. */
async function readManifest(file: string): Promise<z.infer<typeof ManifestSchema> | undefined> {
  try {
    return ManifestSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return undefined;
  }
}

async function writeDurably(path: string, text: string): Promise<void> {
  const temporary = `${path}.tmp`;
  await writeFile(temporary, text, { mode: 0o600, flush: true });
  await rename(temporary, path);
  const folder = await open(join(path, '..'));
  await folder.sync().catch(() => undefined);
  await folder.close();
}
