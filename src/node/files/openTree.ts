import { constants, type Stats } from 'node:fs';
import { lstat, mkdir, open, type FileHandle } from 'node:fs/promises';
import { ToolFailure } from '../../core/tools/failure.ts';
import { isInside, relativeTo } from '../../core/scope/spelling.ts';

const FOLDER = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
/** Whether a name can be looked up below an open folder, so that nothing above it can be swapped meanwhile. */
export const HAS_OPEN_LOOKUP = process.platform === 'linux';

/** An open folder and a name in it: what every effect on a file starts from. */
export class Place implements AsyncDisposable {
  readonly #folder: FileHandle;
  readonly #path: string;
  readonly name: string;

  constructor(folder: FileHandle, path: string, name: string) {
    this.#folder = folder;
    this.#path = path;
    this.name = name;
  }

  /**
   * A path to a name in the open folder, for one system call. On Linux it goes through the open descriptor
   * (proc(5), /proc/PID/fd), elsewhere by name: checked, with a small race.
   */
  at(name: string = this.name): string {
    return HAS_OPEN_LOOKUP ? `/proc/self/fd/${this.#folder.fd}/${name}` : `${this.#path}/${name}`;
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

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#folder.close();
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
  let folder = await openFolder(root, root);
  let reached = root;
  try {
    for (const segment of segments) {
      const next = new Place(folder, reached, segment);
      reached = `${reached}/${segment}`;
      if (make)
        await mkdir(next.at()).catch((error: unknown) => {
          if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
        });
      const opened = await openFolder(next.at(), reached);
      await folder.close();
      folder = opened;
    }
    return new Place(folder, reached, name);
  } catch (error) {
    await folder.close();
    throw error;
  }
}

/** Opens `path` itself as a folder, without following a link in any place. */
export async function openFolderAt(root: string, path: string): Promise<FileHandle> {
  if (path === root) return openFolder(root, root);
  await using place = await openPlace(root, path);
  return await openFolder(place.at(), path);
}

export async function openFolder(at: string, named: string): Promise<FileHandle> {
  try {
    return await open(at, FOLDER);
  } catch (error) {
    throw asFailure(error, named);
  }
}

export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}

/** System errors that a model can act on, in words. */
export function asFailure(error: unknown, path: string): Error {
  if (!(error instanceof Error) || !('code' in error)) return error instanceof Error ? error : new Error(String(error));
  switch (error.code) {
    case 'ENOENT':
      return new ToolFailure(`${path} does not exist`);
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
