import { lstat, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { FolderPlaces } from '../../core/scope/folderPlaces.ts';
import { readGitFile } from '../sandbox/gitFile.ts';

const MOST_POINTER = 4096;
const MOST_LIST = 16 * 2 ** 20;
const COMMIT = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/;

export const folderPlaces: FolderPlaces = {
  file: fileOf,
  async mark(path) {
    const file = await fileOf(path);
    if (file === undefined) return undefined;
    const commit = headOf(path);
    return { path, file, ...(commit !== undefined && { commit }) };
  },
  knows(path, commit) {
    const known = headOf(path) === commit || (textOf(path, 'logs/HEAD', MOST_LIST)?.includes(commit) ?? false);
    return Promise.resolve(COMMIT.test(commit) && known);
  },
};

/**
 * The file number, with the time of birth where the file system keeps one: numbers are used again. Else with the device,
 * whose number may be another one after the next start of the machine.
 */
async function fileOf(path: string): Promise<string | undefined> {
  try {
    const info = await lstat(path, { bigint: true });
    if (!info.isDirectory() || (await realpath(path)) !== path) return undefined;
    const { ino, dev, birthtimeNs } = info;
    return birthtimeNs > 0n ? `${ino} born ${birthtimeNs}` : `${ino} on ${dev}`;
  } catch {
    return undefined; // gone, or not to be looked at
  }
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
