import { closeSync, constants, fstatSync, fsync, openSync, type Stats } from 'node:fs';
import { lstat, mkdir } from 'node:fs/promises';
import { promisify } from 'node:util';
import { Missing, ToolFailure } from '../../core/outcome.ts';
import { isInside, relativeTo } from '../../core/scope/spelling.ts';

const FOLDER = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
/** Whether a name can be looked up below an open folder, so that nothing above it can be swapped meanwhile. */
export const HAS_OPEN_LOOKUP = process.platform === 'linux';

/**
 * An open folder. It is opened and closed at once and not by way of the thread pool, which takes twenty times as long: a
 * pass over a tree does little else.
 */
export class OpenFolder {
  readonly #fd: number;
  readonly #path: string;

  /** `path` is where it was found, `named` what a failure calls it. */
  constructor(path: string, named: string) {
    try {
      this.#fd = openSync(path, FOLDER);
    } catch (error) {
      throw asFailure(error, named);
    }
    this.#path = named;
  }

  /**
   * A path to the folder, or to a name in it, for one system call. On Linux it goes through the open descriptor
   * (proc(5), /proc/PID/fd), elsewhere by name: checked, with a small race.
   */
  at(name?: string): string {
    const folder = HAS_OPEN_LOOKUP ? `/proc/self/fd/${this.#fd}` : this.#path;
    return name === undefined ? folder : `${folder}/${name}`;
  }

  /** What it takes on its file system, in bytes. */
  get size(): number {
    return fstatSync(this.#fd).size;
  }

  sync(): Promise<void> {
    return promisify(fsync)(this.#fd);
  }

  close(): void {
    closeSync(this.#fd);
  }
}

/** An open folder and a name in it: what every effect on a file starts from. */
export class Place implements Disposable {
  readonly #folder: OpenFolder;
  readonly name: string;

  constructor(folder: OpenFolder, name: string) {
    this.#folder = folder;
    this.name = name;
  }

  /** A path to a name in the open folder, for one system call. */
  at(name: string = this.name): string {
    return this.#folder.at(name);
  }

  async stat(): Promise<Stats | undefined> {
    try {
      return await lstat(this.at());
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  async sync(): Promise<void> {
    await this.#folder.sync().catch(() => undefined); // some file systems cannot sync a folder
  }

  [Symbol.dispose](): void {
    this.#folder.close();
  }
}

/**
 * Opens the folder that holds `path`, walking from `root` segment by segment and never through a link. With
 * `make`, missing folders are created on the way. A link on the way throws: the caller resolved links before, so
 * one that is there now was put there since.
 */
export async function openPlace(root: string, path: string, make = false): Promise<Place> {
  if (!isInside(root, path) || path === root) throw new ToolFailure(`${path} is not inside ${root}`);
  const segments = relativeTo(root, path).split('/');
  const name = segments.pop() ?? '';
  let folder = new OpenFolder(root, root);
  let reached = root;
  try {
    for (const segment of segments) {
      const next = new Place(folder, segment);
      reached = `${reached}/${segment}`;
      if (make)
        await mkdir(next.at()).catch((error: unknown) => {
          if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
        });
      const opened = new OpenFolder(next.at(), reached);
      folder.close();
      folder = opened;
    }
    return new Place(folder, name);
  } catch (error) {
    folder.close();
    throw error;
  }
}

/** Opens `path` itself as a folder, without following a link in any place. */
export async function openFolderAt(root: string, path: string): Promise<OpenFolder> {
  if (path === root) return new OpenFolder(root, root);
  using place = await openPlace(root, path);
  return new OpenFolder(place.at(), path);
}

export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}

/** System errors that a model can act on, in words. */
export function asFailure(error: unknown, path: string): Error {
  if (!(error instanceof Error) || !('code' in error)) return error instanceof Error ? error : new Error(String(error));
  switch (error.code) {
    case 'ENOENT':
      return new Missing(`${path} does not exist`);
    case 'ENOTDIR':
      return new ToolFailure(`${path}: a part of the path is not a folder, or became a link meanwhile`);
    case 'ELOOP':
      return new ToolFailure(`${path} became a link meanwhile`);
    case 'EACCES':
    case 'EPERM':
      return new ToolFailure(`${path}: permission denied by the operating system`);
    case 'EISDIR':
      return new ToolFailure(`${path} is a folder`);
    case 'ENOSPC':
      return new ToolFailure(`${path}: the disk is full`);
    case 'EROFS':
      return new ToolFailure(`${path}: the file system is read-only`);
    default:
      return new ToolFailure(`${path}: ${String(error.code)}`);
  }
}

/** Does something at a path; what the system refuses is said in words. */
export async function failing<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof ToolFailure ? error : asFailure(error, path);
  }
}
