import { lstat, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Action, PreImage } from '../../shared/action.ts';
import type { ChangedPath } from '../../shared/change.ts';
import type {
  ActionOf,
  Changes,
  Checkpoint,
  Checkpoints,
  Footprint,
  NotedChange,
  RevertPlan,
  Undo,
} from '../../core/checkpoint/port.ts';
import { ToolFailure } from '../../core/outcome.ts';
import { asFailure } from '../files/openTree.ts';
import { isByIdentity, isSame, preImageAt } from '../files/preImage.ts';
import { makePrivate } from '../folders.ts';
import { Blobs } from './blobs.ts';
import { Foresight, MOST_FILES } from './foresight.ts';
import { KeptRoom, MOST_OF_RUN } from './keptRoom.ts';
import { readManifest, writeManifest, type Kept } from './manifest.ts';
import { revertPlan } from './revertPlan.ts';

/** A text larger than this is not shown. */
const MOST_SHOWN = 5 << 20;

/**
 * Pre-images as files in the data folder: `blobs/AB/REST` by SHA-256, and one manifest an action under
 * `checkpoints/RUN/ACTION.json`. Both are on disk before `begin` resolves. What files were given lies there too
 * (`ACTION.after.json`), for whoever compares, as far as there is room.
 */
export class BlobCheckpoints implements Checkpoints {
  readonly #folder: string;
  readonly #blobs: Blobs;
  readonly #room: KeptRoom;

  constructor(dataFolder: string, mostOfRun = MOST_OF_RUN) {
    this.#folder = dataFolder;
    this.#blobs = new Blobs(dataFolder);
    this.#room = new KeptRoom(mostOfRun);
  }

  async foresee(run: string, paths: readonly string[]): Promise<Undo> {
    const foresight = new Foresight();
    for (const path of paths) {
      const why = await foresight.hindrance(path);
      if (why !== undefined) return { kind: 'none', why };
    }
    const { bytes } = foresight;
    const fits = bytes === 0 || bytes <= (await this.#room.left(run, this.#manifestsOf(run)));
    return fits ? { kind: 'whole' } : { kind: 'none', why: 'too large' };
  }

  async begin(of: ActionOf, footprint: Footprint, undo: Action['undo']): Promise<Checkpoint> {
    const isKept = footprint.kind === 'paths' && footprint.before.length > 0 && undo === 'full';
    return {
      kept: isKept ? await this.#keep(of, footprint.before) : undefined,
      end: async (noted): Promise<Changes> => {
        // What a command changed, nobody has looked at.
        if (footprint.kind === 'anything') return { extent: 'unknown' };
        // For whoever compares; without it nothing is lost but that.
        await this.#keepGiven(of, noted).catch(() => undefined);
        return { extent: 'exact', paths: noted.map(({ content: _given, ...change }) => change) };
      },
    };
  }

  async plan(of: ActionOf, changed: readonly ChangedPath[]): Promise<RevertPlan> {
    return revertPlan(changed, (await readManifest(this.#manifest(of, 'before'))) ?? []);
  }

  async content(of: ActionOf, path: string): Promise<Uint8Array | undefined> {
    const kept = await this.#keptAt(of, path, 'before');
    return kept?.blob === undefined ? undefined : this.#blobs.read(kept.blob);
  }

  async text(of: ActionOf, path: string, side: 'before' | 'after'): Promise<string | undefined> {
    const kept = await this.#keptAt(of, path, side);
    if (kept?.kind === 'absent') return '';
    if (kept?.blob === undefined || (kept.size ?? 0) > MOST_SHOWN) return undefined;
    const content = await this.#blobs.read(kept.blob);
    return content && new TextDecoder().decode(content);
  }

  async #keptAt(of: ActionOf, path: string, side: 'before' | 'after'): Promise<Kept | undefined> {
    return (await readManifest(this.#manifest(of, side)))?.find((one) => one.path === path);
  }

  #manifestsOf(run: string): string {
    return join(this.#folder, 'checkpoints', run);
  }

  #manifest({ run, action }: ActionOf, side: 'before' | 'after'): string {
    return join(this.#manifestsOf(run), `${action}${side === 'after' ? '.after' : ''}.json`);
  }

  async #keep(of: ActionOf, preImages: readonly PreImage[]): Promise<{ files: number; bytes: number }> {
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
    const folder = this.#manifestsOf(of.run);
    await makePrivate(folder);
    await this.#room.add(of.run, folder, added.bytes);
    await writeManifest(this.#manifest(of, 'before'), kept, 'durable');
    const files = kept.filter((one) => one.kind === 'file');
    return { files: files.length, bytes: files.reduce((sum, one) => sum + (one.size ?? 0), 0) };
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
      const { blob, isNew } = await this.#blobs.store(path);
      if (isNew) added.bytes += info.size;
      kept.push({ path, kind: 'file', mode: info.mode & 0o7777, size: info.size, blob });
    } else throw new ToolFailure(`${path} is neither a file, a folder nor a link; it cannot be kept`);
  }

  /** What files were given, while half of the run's room is left: what stood there before comes first. */
  async #keepGiven(of: ActionOf, noted: readonly NotedChange[]): Promise<void> {
    const folder = this.#manifestsOf(of.run);
    const given: Kept[] = [];
    for (const { path, content } of noted) {
      if (content === undefined || content.length > MOST_SHOWN) continue;
      if (!(await this.#room.isHalfFree(of.run, folder, content.length))) continue;
      const { blob, isNew } = await this.#blobs.put(content);
      given.push({ path, kind: 'file', blob, size: content.length });
      if (isNew) await this.#room.add(of.run, folder, content.length);
    }
    if (given.length === 0) return;
    await makePrivate(folder);
    await writeManifest(this.#manifest(of, 'after'), given, 'soon');
  }
}
