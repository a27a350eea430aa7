import { lstat, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { FolderPlaces } from '../../core/scope/folderPlaces.ts';
import { readGitFile } from '../sandbox/gitFile.ts';

const MOST_POINTER = 4096;
const MOST_LIST = 16 * 2 ** 20;
const COMMIT = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/;

/** A folder is there, and nothing says which one. */
const UNMARKED = 'unmarked';

export const folderPlaces: FolderPlaces = {
  file: fileOf,
  async mark(path) {
    const file = await fileOf(path);
    if (file === undefined) return undefined;
    const commit = headOf(path);
    return { path, ...(file !== UNMARKED && { file }), ...(commit !== undefined && { commit }) };
  },
  knows(path, commit) {
    const known = headOf(path) === commit || (textOf(path, 'logs/HEAD', MOST_LIST)?.includes(commit) ?? false);
    return Promise.resolve(COMMIT.test(commit) && known);
  },
};

/**
 * The file number with the time of birth. Alone it says nothing: numbers are used again, and file systems that keep no
 * such time (FUSE, older network ones) may give a folder another number while it is in use.
 */
async function fileOf(path: string): Promise<string | undefined> {
  try {
    const info = await lstat(path, { bigint: true });
    if (!info.isDirectory() || (await realpath(path)) !== path) return undefined;
    const { ino, birthtimeNs } = info;
    return birthtimeNs > 0n && (await (tellsBirth ??= isBirthTold())) ? `${ino} born ${birthtimeNs}` : UNMARKED;
  } catch {
    return undefined; // gone, or not to be looked at
  }
}

let tellsBirth: Promise<boolean> | undefined;

/**
 * Where the kernel does not tell times of birth, Node gives those of the last change in their place (libuv, uv_fs_stat):
 * also for what has none, as everything in Linux's /proc.
 */
async function isBirthTold(): Promise<boolean> {
  const info = await lstat('/proc', { bigint: true }).catch(() => undefined);
  return info === undefined || info.birthtimeNs === 0n;
}

/** The commit that is checked out, as git's files say it: gitrepository-layout(5). */
function headOf(folder: string): string | undefined {
  const head = textOf(folder, 'HEAD', MOST_POINTER)?.trim();
  if (head === undefined || COMMIT.test(head)) return head;
  const [, ref] = /^ref: (refs\/[^\s\\]+)$/.exec(head) ?? [];
  if (ref === undefined || ref.includes('..')) return undefined;
  const tip = textOf(folder, ref, MOST_POINTER)?.trim() ?? packed(textOf(folder, 'packed-refs', MOST_LIST) ?? '', ref);
  return tip !== undefined && COMMIT.test(tip) ? tip : undefined;
}

function packed(list: string, ref: string): string | undefined {
  return list
    .split('\n')
    .find((line) => line.endsWith(` ${ref}`))
    ?.slice(0, -ref.length - 1);
}

/** Links are not followed: others may have made them. */
function textOf(folder: string, name: string, most: number): string | undefined {
  try {
    return readGitFile(join(folder, '.git', name), most, 'refused');
  } catch {
    return undefined; // not known
  }
}
