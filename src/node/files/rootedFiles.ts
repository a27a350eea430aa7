import { constants } from 'node:fs';
import { mkdir, open, rename, type FileHandle } from 'node:fs/promises';
import type { PreImage, Resource } from '../../shared/action.ts';
import { Changed, Missing, ToolFailure } from '../../core/outcome.ts';
import { assertPermitted, Forbidden } from '../../core/scope/guard.ts';
import type {
  Effort,
  FileEntry,
  Files,
  Look,
  OtherNames,
  PointerLook,
  Walking,
  Writing,
} from '../../core/scope/files.ts';
import type { Scope } from '../../core/scope/scope.ts';
import { nameOf } from '../../core/scope/spelling.ts';
import { movePointer, pointerLook } from '../git/pointing.ts';
import { Stretch } from '../sandbox/stretch.ts';
import { entriesIn, kindOf, sizeAt } from './entriesIn.ts';
import { expandGlob, namesIn } from './expandGlob.ts';
import { forbiddenBelow } from './forbiddenBelow.ts';
import { DeniedNames } from './hardLinks.ts';
import { ONLY_LOOKS, type BesideFiles } from './besideFiles.ts';
import { asFailure, failing, OpenFolder, openFolderAt, openPlace, type Place } from './openTree.ts';
import { isSame, preImageAt } from './preImage.ts';
import { ownSpelling, type SpelledFolder } from './ownSpelling.ts';
import { refuseArrivals } from './arrivals.ts';
import { otherNamesOf } from './namesOfFile.ts';
import { removedIfEmpty, removeTree } from './removeTree.ts';
import { replaceByLink } from './replaceByLink.ts';
import { replaceFile } from './replaceFile.ts';
import { refuseRepositoryControls } from './repositoryControls.ts';
import { resolvePath } from './resolve.ts';
import { setMode } from './setMode.ts';
import { walkTree } from './walkTree.ts';

/** How much longer than it was when it was opened a file may turn out to be. */
const GROWTH = 65_536;
/** Bytes that are read at once of a file that is not read whole. */
const CHUNK = 262_144;
const READ = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** `Files` on a real file system: see there for what each method promises. */
export class RootedFiles implements Files {
  readonly #scope: () => Scope;
  readonly #folders: readonly SpelledFolder[];
  readonly #beside: BesideFiles;
  readonly #effort: Effort | undefined;
  readonly #deniedNames: DeniedNames;

  /** `folders`: those that were opened through links. */
  constructor(
    scope: () => Scope,
    folders: readonly SpelledFolder[],
    beside: BesideFiles = ONLY_LOOKS,
    effort?: Effort,
  ) {
    this.#scope = scope;
    this.#folders = folders;
    this.#beside = beside;
    this.#effort = effort;
    this.#deniedNames = new DeniedNames(effort);
  }

  within(effort: Effort): Files {
    return new RootedFiles(this.#scope, this.#folders, this.#beside, effort);
  }

  look(spelling: string, base: string, last: 'followed' | 'itself'): Promise<Look> {
    this.#effort?.look();
    const scope = this.#scope();
    return resolvePath(ownSpelling(spelling, this.#folders, scope.home), base, last, scope);
  }

  async preImage(path: string): Promise<PreImage> {
    assertPermitted(this.#scope(), path, 'list');
    try {
      using place = await openPlace(this.#rootOf(path), path);
      // Every tool that changes something looks here first: another name of a denied file is denied before anyone is asked.
      const info = await place.stat();
      if (info?.isFile()) await this.#refuseHardLink(info, path);
      return await preImageAt(place.at(), path, this.#effort);
    } catch (error) {
      if (error instanceof Forbidden) throw error;
      if (error instanceof Missing) return { path, kind: 'absent' };
      throw asFailure(error, path);
    }
  }

  async read(path: string, maxBytes: number): Promise<Uint8Array> {
    await using handle = await this.#opened(path);
    const info = await handle.stat();
    if (info.size > maxBytes)
      throw new ToolFailure(`${path} is ${info.size} bytes long; the most that is read is ${maxBytes}`);
    this.#effort?.read(info.size);
    const buffer = Buffer.alloc(Math.min(maxBytes, info.size + GROWTH) + 1);
    let length = 0;
    while (length < buffer.length) {
      const { bytesRead } = await handle.read(buffer, length, buffer.length - length, length);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    if (length === buffer.length) throw new ToolFailure(`${path} grew while it was read`);
    return buffer.subarray(0, length);
  }

  async *chunks(path: string): AsyncIterable<Uint8Array> {
    await using handle = await this.#opened(path);
    const end = (await handle.stat()).size; // what is written to it meanwhile is another day's
    for (let at = 0; at < end;) {
      const buffer = Buffer.alloc(Math.min(CHUNK, end - at));
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, at);
      if (bytesRead === 0) return;
      this.#effort?.read(bytesRead);
      at += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  }

  /** A regular file that may be read, under whatever name. */
  async #opened(path: string): Promise<FileHandle> {
    using place = await this.#place(path, 'read');
    const handle = await open(place.at(), READ).catch((error: unknown) => {
      throw asFailure(error, path);
    });
    try {
      const info = await handle.stat();
      if (info.isDirectory()) throw new ToolFailure(`${path} is a folder`);
      if (!info.isFile()) throw new ToolFailure(`${path} is not a regular file`);
      await this.#refuseHardLink(info, path);
      return handle;
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  async list(path: string): Promise<FileEntry[]> {
    const folder = await this.#folder(path);
    try {
      return await this.#entries(folder, path, { stretch: new Stretch(), sizes: true });
    } finally {
      folder.close();
    }
  }

  async #entries(
    folder: OpenFolder,
    path: string,
    { stretch, sizes }: { stretch: Stretch; sizes: boolean },
  ): Promise<FileEntry[]> {
    const scope = this.#scope();
    try {
      const entries: FileEntry[] = [];
      for (const found of await entriesIn(folder.at(), this.#effort, stretch, folder.size)) {
        if (stretch.isOver) {
          await stretch.rest();
          this.#effort?.check();
        }
        const entry = { path: `${path}/${found.name}`, name: found.name, kind: kindOf(found), size: 0 };
        if (this.#beside.isStandIn(entry.path)) continue;
        if (scope.isHidden(entry.path)) continue;
        if (sizes && entry.kind === 'file') entry.size = sizeAt(folder.at(found.name));
        entries.push(entry);
      }
      return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
    } catch (error) {
      throw asFailure(error, path);
    }
  }

  expand(folder: string, pattern: string): Promise<string[]> {
    return expandGlob(folder, pattern, this.#scope(), this.#effort);
  }

  names(folder: string): Promise<string[]> {
    return namesIn(folder, this.#scope(), this.#effort);
  }

  walk(path: string, signal: AbortSignal, walking?: Walking): AsyncIterable<FileEntry> {
    const stretch = new Stretch();
    const walked = {
      open: (folder: string, parent?: OpenFolder) => this.#folder(folder, parent),
      list: (folder: OpenFolder, at: string) =>
        this.#entries(folder, at, { stretch, sizes: walking?.withoutSizes !== true }),
    };
    return walkTree(path, walked, signal, { effort: this.#effort, stretch, walking });
  }

  forbiddenBelow(path: string): Promise<string | undefined> {
    return forbiddenBelow(path, this.#scope(), this.#effort);
  }

  movable(from: string, to: string): Promise<void> {
    return refuseArrivals(from, to, this.#scope(), this.#effort);
  }

  changeable(path: string): Promise<void> {
    return refuseRepositoryControls(path, this.#scope());
  }

  async otherNames(path: string): Promise<OtherNames> {
    using place = await this.#place(path, 'write');
    const info = await place.stat();
    return info?.isFile()
      ? await otherNamesOf(info, path, { scope: this.#scope(), effort: this.#effort })
      : { kind: 'none' };
  }

  async assertWritable(path: string, expected: PreImage): Promise<void> {
    await this.changeable(path);
    using place = await this.#place(path, 'write');
    await this.#writable(place, path, expected);
  }

  /** What stands there, where it may be written. */
  async #writable(place: Place, path: string, expected: PreImage): Promise<Awaited<ReturnType<Place['stat']>>> {
    await this.#unchanged(place, path, expected);
    const old = await place.stat();
    if (old) await this.#refuseHardLink(old, path);
    return old;
  }

  /** No editor is here: what is on the disk is all there is. */
  unsaved(): Promise<readonly never[]> {
    return Promise.resolve([]);
  }

  onDisk(): Files {
    return this;
  }

  async write(path: string, content: Uint8Array, expected: PreImage, how: Writing = {}): Promise<Uint8Array> {
    await this.changeable(path);
    using place = await this.#place(path, 'write', true);
    const old = await this.#writable(place, path, expected);
    return await failing(path, async () => {
      // Under all its names it stays one file, if this account may write them all.
      const others = old && (await otherNamesOf(old, path, { scope: this.#scope(), effort: this.#effort }));
      await replaceFile(place, path, content, {
        ...{ old: how.apart && !old?.isFile() ? undefined : old, mode: how.mode },
        ...{ isUnchanged: () => this.#unchanged(place, path, expected), unfinished: this.#beside.unfinished },
        staysLinked: others?.kind === 'all' && how.apart !== true,
      });
      return content;
    });
  }

  async remove(path: string, expected: PreImage): Promise<void> {
    await this.changeable(path);
    using place = await this.#place(path, 'delete');
    await this.#unchanged(place, path, expected);
    const old = await place.stat();
    if (old?.isFile()) await this.#refuseHardLink(old, path);
    try {
      await removeTree(place, path, (below) => {
        this.#effort?.check();
        assertPermitted(this.#scope(), below, 'delete');
      });
      await place.sync();
    } catch (error) {
      if (error instanceof Forbidden) throw error;
      throw asFailure(error, path);
    }
  }

  async move(from: string, to: string, expectedFrom: PreImage, expectedTo: PreImage): Promise<void> {
    for (const path of [from, to]) await this.changeable(path);
    await this.movable(from, to);
    using source = await this.#place(from, 'delete');
    using target = await this.#place(to, 'write', true);
    await this.#unchanged(source, from, expectedFrom);
    await this.#unchanged(target, to, expectedTo);
    const old = await source.stat();
    if (old?.isFile()) await this.#refuseHardLink(old, from);
    try {
      await rename(source.at(), target.at());
      await source.sync();
      await target.sync();
    } catch (error) {
      throw asFailure(error, from);
    }
  }

  async makeFolder(path: string): Promise<boolean> {
    await this.changeable(path);
    using place = await this.#place(path, 'write', true);
    const old = await place.stat();
    if (old?.isDirectory()) return false;
    await failing(path, () => mkdir(place.at(), 0o700));
    await place.sync();
    return true;
  }

  async removeFolder(path: string): Promise<boolean> {
    await this.changeable(path);
    using place = await this.#place(path, 'delete');
    const isGone = await failing(path, () => removedIfEmpty(place.at()));
    await place.sync();
    return isGone;
  }

  async link(path: string, target: string, expected: PreImage): Promise<void> {
    await this.changeable(path);
    using place = await this.#place(path, 'write', true);
    await this.#writable(place, path, expected);
    const isUnchanged = (): Promise<void> => this.#unchanged(place, path, expected);
    await failing(path, () => replaceByLink(place, path, target, { isUnchanged, unfinished: this.#beside.unfinished }));
  }

  async allow(path: string, mode: number): Promise<number> {
    await this.changeable(path);
    using place = await this.#place(path, 'write');
    const old = await place.stat();
    if (old?.isFile()) await this.#refuseHardLink(old, path);
    return await failing(path, () => setMode(place.at(), mode));
  }

  pointer(path: string): Promise<PointerLook> {
    this.#effort?.look();
    return pointerLook(this.#scope(), path);
  }

  point(path: string, content: Uint8Array | undefined, expected: PreImage): Promise<PreImage> {
    return movePointer(path, content, { scope: this.#scope(), expected, unfinished: this.#beside.unfinished });
  }

  #rootOf(path: string): string {
    const root = this.#scope().rootOf(path);
    if (root === undefined) throw new ToolFailure(`${path} is outside the workspace`);
    return root;
  }

  async #folder(path: string, parent?: OpenFolder): Promise<OpenFolder> {
    assertPermitted(this.#scope(), path, 'list');
    return parent ? new OpenFolder(parent.at(nameOf(path)), path) : openFolderAt(this.#rootOf(path), path);
  }

  async #place(path: string, access: Resource['access'], make = false): Promise<Place> {
    assertPermitted(this.#scope(), path, access);
    return failing(path, () => openPlace(this.#rootOf(path), path, make));
  }

  async #unchanged(place: Place, path: string, expected: PreImage): Promise<void> {
    if (!isSame(await preImageAt(place.at(), path, this.#effort), expected))
      throw new Changed(`${path} changed after it was looked at; nothing was done. Look again.`);
  }

  async #refuseHardLink(info: { dev: number; ino: number; nlink: number }, path: string): Promise<void> {
    if (await this.#deniedNames.include(info, this.#scope()))
      throw new Forbidden({
        verdict: 'deny',
        rule: 'denied_paths',
        reason: `${path} is another name of a denied file, or that cannot be ruled out`,
        origin: { layer: 'built-in' },
      });
  }
}
