import type { PreImage } from '../../shared/action.ts';
import { MAX_TEXT } from '../editedText.ts';
import { Changed, Missing, ToolFailure } from '../outcome.ts';
import type { Effort, FileEntry, Files, Look, OtherNames, PointerLook, Walking, Writing } from '../scope/files.ts';
import { isMetAt, type OpenFiles, type UnsavedFile } from './openFiles.ts';

/** A file as the editor saves it may be longer than what it was given. */
const MOST_READ_BACK = 4 * MAX_TEXT;

interface Around {
  openFiles: OpenFiles;
  /** SHA-256 in hexadecimal. */
  hash: (data: Uint8Array) => string;
}

/** How the files are looked at: within one effort or at large, and with or without what is unsaved. */
interface Looking {
  effort?: Effort;
  onDisk?: true;
}

/**
 * The files of the workspace as the person has them in front of them: of a file that is unsaved in the editor, reading
 * gives that text, and its pre-image is of that text, so that an approval binds to it. Nothing is changed under unsaved
 * text, and a file that is open is changed by the editor, but where it has names elsewhere. What may be touched the files
 * below decide, before anything else.
 */
export class FilesInEditor implements Files {
  readonly #files: Files;
  readonly #around: Around;
  readonly #looking: Looking;
  #seen: Promise<readonly UnsavedFile[]> | undefined;

  constructor(files: Files, around: Around, looking: Looking = {}) {
    this.#files = files;
    this.#around = around;
    this.#looking = looking;
  }

  within(effort: Effort): Files {
    return new FilesInEditor(this.#files.within(effort), this.#around, { ...this.#looking, effort });
  }

  onDisk(): Files {
    return new FilesInEditor(this.#files, this.#around, { ...this.#looking, onDisk: true });
  }

  /** Looked at once for all that one effort is spent on, and anew each time without one. */
  unsaved(): Promise<readonly UnsavedFile[]> {
    if (!this.#looking.effort) return this.#around.openFiles.unsaved();
    this.#seen ??= this.#around.openFiles.unsaved();
    return this.#seen;
  }

  async preImage(path: string): Promise<PreImage> {
    const image = await this.#files.preImage(path);
    const own = await this.#textOf(path);
    if (own?.isPlain !== true || (image.kind !== 'file' && image.kind !== 'absent')) return image;
    return { path, kind: 'file', digest: this.#around.hash(own.bytes), size: own.bytes.length };
  }

  async read(path: string, maxBytes: number): Promise<Uint8Array> {
    const own = await this.#textOf(path);
    if (!own) return this.#files.read(path, maxBytes);
    try {
      await this.#files.read(path, maxBytes); // whether it may be read
    } catch (error) {
      if (!(error instanceof Missing)) throw error;
    }
    if (own.bytes.length > maxBytes)
      throw new ToolFailure(
        `${path} is ${own.bytes.length} bytes long in the editor; the most that is read is ${maxBytes}`,
      );
    return own.bytes;
  }

  async *chunks(path: string): AsyncIterable<Uint8Array> {
    const own = await this.#textOf(path);
    if (own) yield await this.read(path, Math.max(own.bytes.length, MOST_READ_BACK));
    else yield* this.#files.chunks(path);
  }

  async write(path: string, content: Uint8Array, expected: PreImage, how?: Writing): Promise<Uint8Array> {
    await this.#refuseUnsaved(path);
    // An editor saves into the file that is there.
    const saved = how?.apart === true ? undefined : await this.#byEditor(path, content, expected);
    return saved ?? this.#files.write(path, content, expected, how);
  }

  async remove(path: string, expected: PreImage): Promise<void> {
    await this.#refuseUnsaved(path);
    await this.#files.remove(path, expected);
    await this.#around.openFiles.gone(path);
  }

  async move(from: string, to: string, expectedFrom: PreImage, expectedTo: PreImage): Promise<void> {
    await this.#refuseUnsaved(from, to);
    await this.#files.move(from, to, expectedFrom, expectedTo);
    await this.#around.openFiles.gone(from, to);
  }

  /** What the file holds once the editor has changed and saved it; undefined where that is not for the editor. */
  async #byEditor(path: string, content: Uint8Array, expected: PreImage): Promise<Uint8Array | undefined> {
    const after = plainText(content);
    const { openFiles, hash } = this.#around;
    if (after === undefined || expected.kind !== 'file' || (expected.size ?? 0) > MAX_TEXT) return undefined;
    if (!(await openFiles.isOpen(path))) return undefined;
    await this.#files.assertWritable(path, expected);
    // An editor saves into the file that is there, and so into what it is under its other names.
    if ((await this.#files.otherNames(path)).kind === 'elsewhere') return undefined;
    const bytes = await this.#files.read(path, MAX_TEXT);
    const before = plainText(bytes);
    if (before === undefined || hash(bytes) !== expected.digest) return undefined;
    const done = await openFiles.write(path, { before, after }, this.#looking.effort?.signal);
    switch (done.kind) {
      case 'saved':
        return this.#files.read(path, MOST_READ_BACK);
      case 'not for it':
        return undefined;
      case 'changed':
        throw typedMeanwhile(path);
      case 'failed':
        throw new ToolFailure(`${path} is open in the editor, which could not save it: ${done.why}. Look again`);
    }
  }

  /** At the moment of use, whatever was seen before. */
  async #refuseUnsaved(...paths: string[]): Promise<void> {
    const unsaved = await this.#around.openFiles.unsaved();
    const met = unsaved.find((file) => paths.some((path) => isMetAt(path, file)));
    if (met) throw typedMeanwhile(met.path);
  }

  async #textOf(path: string): Promise<{ bytes: Uint8Array; isPlain: boolean } | undefined> {
    if (this.#looking.onDisk) return undefined;
    const own = (await this.unsaved()).find((one) => one.path === path);
    return own?.text === undefined ? undefined : { bytes: new TextEncoder().encode(own.text), isPlain: own.isPlain };
  }

  look(spelling: string, base: string, last: 'followed' | 'itself'): Promise<Look> {
    return this.#files.look(spelling, base, last);
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

  assertWritable(path: string, expected: PreImage): Promise<void> {
    return this.#files.assertWritable(path, expected);
  }

  makeFolder(path: string): Promise<boolean> {
    return this.#files.makeFolder(path);
  }

  removeFolder(path: string): Promise<boolean> {
    return this.#files.removeFolder(path);
  }

  async link(path: string, target: string, expected: PreImage): Promise<void> {
    await this.#refuseUnsaved(path);
    await this.#files.link(path, target, expected);
    if (expected.kind !== 'absent') await this.#around.openFiles.gone(path);
  }

  allow(path: string, mode: number): Promise<number> {
    return this.#files.allow(path, mode);
  }

  pointer(path: string): Promise<PointerLook> {
    return this.#files.pointer(path);
  }

  point(path: string, content: Uint8Array | undefined, expected: PreImage): Promise<PreImage> {
    return this.#files.point(path, content, expected);
  }
}

function typedMeanwhile(path: string): Changed {
  return new Changed(`${path} has unsaved changes in the editor by now; nothing was done. Look again.`);
}

/** The text of bytes that are nothing but UTF-8, byte for byte; a mark at their beginning stays in it. */
function plainText(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
