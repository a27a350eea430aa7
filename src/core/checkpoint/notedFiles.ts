import type { PreImage } from '../../shared/action.ts';
import type { ChangedPath } from '../../shared/change.ts';
import type { UnsavedFile } from '../editor/openFiles.ts';
import { Changed } from '../outcome.ts';
import { gitPointerOf } from './gitPointer.ts';
import type { Effort, FileEntry, Files, Look, OtherNames, PointerLook, Walking, Writing } from '../scope/files.ts';
import { isSameStand, merged, standOf } from './changes.ts';
import type { Footprint, NotedChange } from './port.ts';
import { parentOf } from '../scope/spelling.ts';

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
  #named: ReadonlySet<string> | undefined;

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

  async write(path: string, content: Uint8Array, expected: PreImage, how?: Writing): Promise<Uint8Array> {
    // What stands there then is noted, and not what was meant to: an editor that saves may do more.
    const links = expected.kind === 'file' && how?.apart !== true ? await this.#files.otherNames(path) : undefined;
    const names = [path, ...(links?.kind === 'all' ? links.names : [])];
    const above = expected.kind === 'absent' ? await this.#missingAbove(path) : [];
    const written = await this.#changing([expected], () => this.#files.write(path, content, expected, how), ...names);
    this.#notes.push(...above);
    const after = { kind: 'file' as const, digest: this.#noting.hash(written), size: written.length };
    for (const name of names) this.#notes.push({ path: name, before: standOf(expected), after, content: written });
    return written;
  }

  async remove(path: string, expected: PreImage): Promise<void> {
    await this.#changing([expected], () => this.#files.remove(path, expected), path);
    this.#notes.push({ path, before: standOf(expected), after: { kind: 'absent' } });
  }

  async move(from: string, to: string, expectedFrom: PreImage, expectedTo: PreImage): Promise<void> {
    const move = (): Promise<void> => this.#files.move(from, to, expectedFrom, expectedTo);
    const above = expectedTo.kind === 'absent' ? await this.#missingAbove(to) : [];
    await this.#changing([expectedFrom, expectedTo], move, from, to);
    this.#notes.push(
      ...above,
      { path: from, before: standOf(expectedFrom), after: { kind: 'absent' } },
      { path: to, before: standOf(expectedTo), after: standOf(expectedFrom), from },
    );
  }

  async makeFolder(path: string): Promise<boolean> {
    const image = { path, kind: 'absent' as const };
    const isMade = await this.#changing([image], () => this.#files.makeFolder(path), path);
    if (isMade) this.#notes.push({ path, before: standOf(image), after: { kind: 'directory', mode: 0o700 } });
    return isMade;
  }

  async removeFolder(path: string): Promise<boolean> {
    const image = { path, kind: 'directory' as const };
    const isGone = await this.#changing([image], () => this.#files.removeFolder(path), path);
    if (isGone) this.#notes.push({ path, before: standOf(image), after: { kind: 'absent' } });
    return isGone;
  }

  async link(path: string, target: string, expected: PreImage): Promise<void> {
    await this.#changing([expected], () => this.#files.link(path, target, expected), path);
    const digest = this.#noting.hash(new TextEncoder().encode(target));
    this.#notes.push({ path, before: standOf(expected), after: { kind: 'link', digest } });
  }

  async allow(path: string, mode: number): Promise<number> {
    const stands = standOf(await this.#uncounted.onDisk().preImage(path));
    const before = await this.#changing([], () => this.#files.allow(path, mode), path);
    const { digest: _listing, size: _all, ...folder } = stands;
    const plain = stands.kind === 'directory' ? folder : stands;
    if (before !== mode) this.#notes.push({ path, before: { ...plain, mode: before }, after: { ...plain, mode } });
    return before;
  }

  async point(path: string, content: Uint8Array | undefined, expected: PreImage): Promise<PreImage> {
    const now = await this.#changing([expected], () => this.#files.point(path, content, expected), path);
    if (!isSameStand(now, expected)) this.#notes.push({ path, before: standOf(expected), after: standOf(now) });
    return now;
  }

  pointer(path: string): Promise<PointerLook> {
    return this.#files.pointer(path);
  }

  /** Folders that are made on the way to a path. */
  async #missingAbove(path: string): Promise<ChangedPath[]> {
    const parent = parentOf(path);
    const look = await this.#uncounted.look(parent, parent, 'itself').catch(() => undefined);
    if (look?.kind !== 'absent' || parent === path) return [];
    return [
      ...(await this.#missingAbove(parent)),
      { path: parent, before: { kind: 'absent' }, after: { kind: 'directory' } },
    ];
  }

  /** Lets a change happen where the action names it. One that fails may have happened all the same, or in part. */
  async #changing<T>(before: readonly PreImage[], change: () => Promise<T>, ...paths: string[]): Promise<T> {
    const { footprint } = this.#noting;
    this.#named ??= new Set(footprint.kind === 'paths' ? footprint.before.map((image) => image.path) : []);
    for (const path of paths)
      if (!this.#named.has(path)) throw new Error(`the action does not say that it changes ${path}`);
    try {
      return await change();
    } catch (error) {
      if (!(error instanceof Changed)) for (const image of before) this.#notes.push(...(await this.#looked(image)));
      throw error;
    }
  }

  async #looked(image: PreImage): Promise<ChangedPath[]> {
    const before = standOf(image);
    const onDisk = this.#uncounted.onDisk();
    const looking = gitPointerOf(image.path)
      ? onDisk.pointer(image.path).then((look) => look.image)
      : onDisk.preImage(image.path);
    const now = await looking.catch(() => undefined);
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

  otherNames(path: string): Promise<OtherNames> {
    return this.#files.otherNames(path);
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
