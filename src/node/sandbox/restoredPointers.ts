import {
  chmodSync,
  closeSync,
  constants,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmdirSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { bytesOfPath } from '../files/rawPath.ts';
import { changedIn, pointersIn, type Pointer, type Pointers } from './commitPointers.ts';
import { Stretch } from './stretch.ts';
import { unfinishedName } from './unfinished.ts';

const { S_IFMT, S_IFDIR } = constants;
const FOLDER = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
/** Each takes as many names as are looked at. */
const MOST_PASSES = 100;

/**
 * Puts everything back as it was `before`, and what stood there `now` into the folder of what is `kept`. The command
 * was the same account and may have put a link, a folder or something closed in the way: no link is followed, and one
 * name that cannot be put back keeps no other from it. False where something is not as it was.
 */
export async function restorePointers(gitFolder: string, before: Pointers, kept: string): Promise<boolean> {
  const stretch = new Stretch();
  for (let pass = 0; pass < MOST_PASSES; pass += 1) {
    const now = await pointersIn(gitFolder);
    const changed = changedIn(before, now);
    if (changed.length === 0 && now.tooMuch === undefined) return true;
    for (const name of changed) keep(join(kept, name), now.entries.get(name));
    // What was not there goes first: it may stand where a folder has to be.
    const added = changed.filter((name) => !before.entries.has(name));
    const steps = [...added, ...changed.filter((name) => before.entries.has(name))];
    let done = 0;
    for (const name of steps) {
      await stretch.rest();
      if (tried(() => inFolderOf(gitFolder, name, (at, fresh) => put(at, before.entries.get(name), fresh)))) done += 1;
    }
    if (done === 0) return false;
  }
  return false;
}

function keep(path: string, pointer: Pointer | undefined): void {
  if (pointer?.kind !== 'file') return;
  tried(() => {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(path, pointer.bytes, { mode: 0o600 });
  });
}

/**
 * Goes from folder to folder through open ones (proc(5), /proc/PID/fd), and makes those that are missing. `fresh`: where
 * something can be written before it is put in its place.
 */
function inFolderOf(gitFolder: string, name: string, work: (at: Buffer, fresh: Buffer) => void): void {
  const segments = name.split('/');
  const last = segments.pop() ?? '';
  const top = openedFolder(bytesOfPath(gitFolder));
  let folder = top;
  try {
    for (const segment of segments) {
      const at = bytesOfPath(`/proc/self/fd/${folder}/${segment}`);
      const info = lstatSync(at, { throwIfNoEntry: false });
      if (info && !info.isDirectory()) unlinkSync(at);
      if (!info?.isDirectory()) mkdirSync(at);
      const next = openedFolder(at);
      if (folder !== top) closeSync(folder);
      folder = next;
    }
    const fresh = Buffer.from(`/proc/self/fd/${top}/${unfinishedName()}`);
    work(bytesOfPath(`/proc/self/fd/${folder}/${last}`), fresh);
  } finally {
    if (folder !== top) closeSync(folder);
    closeSync(top);
  }
}

function put(at: Buffer, was: Pointer | undefined, fresh: Buffer): void {
  const info = lstatSync(at, { throwIfNoEntry: false });
  if (info?.isDirectory()) removeFolder(at);
  else if (info && was === undefined) unlinkSync(at);
  if (was === undefined) return;
  if (was.kind !== 'file' && was.kind !== 'link') throw new Error('it cannot be made again');
  if (was.kind === 'file') {
    writeFileSync(fresh, was.bytes, { flag: 'wx', mode: was.mode });
    chmodSync(fresh, was.mode); // a repository that a group shares gives more than the usual mask leaves
  } else symlinkSync(was.target, fresh);
  renameSync(fresh, at);
}

/** As `removeTree`, for names of any bytes and folders that are closed. */
function removeFolder(at: Buffer): void {
  const folder = openedFolder(at);
  try {
    for (const name of readdirSync(`/proc/self/fd/${folder}`, { encoding: 'buffer' })) {
      const below = Buffer.concat([Buffer.from(`/proc/self/fd/${folder}/`), name]);
      if (lstatSync(below).isDirectory()) removeFolder(below);
      else unlinkSync(below);
    }
  } finally {
    closeSync(folder);
  }
  rmdirSync(at);
}

/** Opens a folder, and what is closed in it for its owner, the command too. */
function openedFolder(at: Buffer): number {
  const { mode } = lstatSync(at);
  if ((mode & 0o700) !== 0o700 && (mode & S_IFMT) === S_IFDIR) chmodSync(at, (mode & 0o7777) | 0o700);
  return openSync(at, FOLDER);
}

function tried(work: () => void): boolean {
  try {
    work();
    return true;
  } catch {
    return false;
  }
}
