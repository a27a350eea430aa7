import type { PreImage } from '../../shared/action.ts';
import type { ChangedPath } from '../../shared/change.ts';
import type { UnsavedFile } from '../editor/openFiles.ts';
import { Changed } from '../outcome.ts';
import type { Effort, FileEntry, Files, Look, Walking } from '../scope/files.ts';
import { isSameStand, merged, standOf } from './changes.ts';
import type { Footprint, NotedChange } from './port.ts';

interface Noting {
  /** What the action may change: nothing else goes through. */
  footprint: Footprint;
  /** SHA-256 in hexadecimal. */
  hash: (data: Uint8Array) => string;
}

/**
 * The files of one action while it is performed. What changes through them is noted here, not by the tool: so the record
 * is what happened, also where a tool ends half-way, and no tool can leave out, or make up, what it changed.
 */
export class NotedFiles implements Files {
  readonly #files: Files;
  readonly #noting: Noting;
  /** The same files, counted against nothing: what became of a change that failed is looked at whatever was spent. */
  readonly #uncounted: Files;
  readonly #notes: NotedChange[];

  constructor(files: Files, noting: Noting, shared?: { uncounted: Files; notes: NotedChange[] }) {
    this.#files = files;
    this.#noting = noting;
    this.#uncounted = shared?.uncounted ?? files;
    this.#notes = shared?.notes ?? [];
  }

  /** What changed so far, one entry for each path. */
  get noted(): NotedChange[] {
    return merged(this.#notes);
  }

  within(effort: Effort): Files {
    const shared = { uncounted: this.#uncounted, notes: this.#notes };
    return new NotedFiles(this.#files.within(effort), this.#noting, shared);
  }

  async write(path: string, content: Uint8Array, expected: PreImage): Promise<Uint8Array> {
    // What stands there then is noted, and not what was meant to: an editor that saves may do more.
    const written = await this.#changing([expected], () => this.#files.write(path, content, expected), path);
    const after = { kind: 'file' as const, digest: this.#noting.hash(written), size: written.length };
    this.#notes.push({ path, before: standOf(expected), after, content: written });
    return written;
  }

  async remove(path: string, expected: PreImage): Promise<void> {
    await this.#changing([expected], () => this.#files.remove(path, expected), path);
    this.#notes.push({ path, before: standOf(expected), after: { kind: 'absent' } });
  }

  async move(from: string, to: string, expectedFrom: PreImage, expectedTo: PreImage): Promise<void> {
    const move = (): Promise<void> => this.#files.move(from, to, expectedFrom, expectedTo);
    await this.#changing([expectedFrom, expectedTo], move, from, to);
    this.#notes.push(
      { path: from, before: standOf(expectedFrom), after: { kind: 'absent' } },
      { path: to, before: standOf(expectedTo), after: standOf(expectedFrom), from },
    );
  }

  /** Lets a change happen where the action names it. One that fails may have happened all the same, or in part. */
  async #changing<T>(before: readonly PreImage[], change: () => Promise<T>, ...paths: string[]): Promise<T> {
    const { footprint } = this.#noting;
    for (const path of paths)
      if (footprint.kind !== 'paths' || !footprint.before.some((image) => image.path === path))
        throw new Error(`the action does not say that it changes ${path}`);
    try {
      return await change();
    } catch (error) {
      if (!(error instanceof Changed)) for (const image of before) this.#notes.push(...(await this.#looked(image)));
      throw error;
    }
  }

  async #looked(image: PreImage): Promise<ChangedPath[]> {
    const before = standOf(image);
    const now = await this.#uncounted
      .onDisk()
      .preImage(image.path)
      .catch(() => undefined);
    if (now && (isSameStand(now, image) || isSameStand(standOf(now), before))) return [];
    return [{ path: image.path, before, ...(now && { after: standOf(now) }) }];
  }

  assertWritable(path: string, expected: PreImage): Promise<void> {
    return this.#files.assertWritable(path, expected);
  }

  unsaved(): Promise<readonly UnsavedFile[]> {
    return this.#files.unsaved();
  }

  onDisk(): Files {
    const shared = { uncounted: this.#uncounted, notes: this.#notes };
    return new NotedFiles(this.#files.onDisk(), this.#noting, shared);
  }

  look(spelling: string, base: string, last: 'followed' | 'itself'): Promise<Look> {
    return this.#files.look(spelling, base, last);
  }

  preImage(path: string): Promise<PreImage> {
    return this.#files.preImage(path);
  }

  read(path: string, maxBytes: number): Promise<Uint8Array> {
    return this.#files.read(path, maxBytes);
  }

  chunks(path: string): AsyncIterable<Uint8Array> {
    return this.#files.chunks(path);
  }

  list(path: string): Promise<FileEntry[]> {
    return this.#files.list(path);
  }

  walk(path: string, signal: AbortSignal, walking?: Walking): AsyncIterable<FileEntry> {
    return this.#files.walk(path, signal, walking);
  }

  expand(folder: string, pattern: string): Promise<string[]> {
    return this.#files.expand(folder, pattern);
  }

  names(folder: string): Promise<string[]> {
    return this.#files.names(folder);
  }

  forbiddenBelow(path: string): Promise<string | undefined> {
    return this.#files.forbiddenBelow(path);
  }

  movable(from: string, to: string): Promise<void> {
    return this.#files.movable(from, to);
  }

  changeable(path: string): Promise<void> {
    return this.#files.changeable(path);
  }
}
