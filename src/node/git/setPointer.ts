import { constants, linkSync, lstatSync, readdirSync, renameSync, rmdirSync, unlinkSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { isReference } from '../../core/checkpoint/gitPointer.ts';
import { ToolFailure } from '../../core/outcome.ts';
import { nameOf, parentOf } from '../../core/scope/spelling.ts';
import { isMissing, openPlace, type Place } from '../files/openTree.ts';
import type { UnfinishedWrites } from '../files/unfinishedWrites.ts';
import { bytesAt, looseAt, packedIn, statOf } from './pointers.ts';

const CREATE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
const APPEND = constants.O_WRONLY | constants.O_APPEND | constants.O_NOFOLLOW | constants.O_NONBLOCK;
/** Who moved it, in git's own history of a reference; so the one who looks for a lost commit finds it there. */
const BY = 'Oversign <oversign@localhost>';
const NOTHING = '0'.repeat(40);

export interface Setting {
  /** The workspace folder: from it the way is walked, and never through a link. */
  root: string;
  folder: string;
  name: string;
  /** Throws where it does not stand as it was looked at. Asked under the lock. */
  isUnchanged: () => void;
  unfinished: Pick<UnfinishedWrites, 'begin'>;
}

/**
 * Sets where a repository stands in one thing, or takes it away, under the lock that git itself takes (its `.lock` file
 * beside it), so that no git of a person's works on it at the same time.
 */
export async function setPointer(content: Uint8Array | undefined, setting: Setting): Promise<void> {
  const { folder, name, root } = setting;
  const path = `${folder}/${name}`;
  const before = resolved(folder, name);
  const head = resolved(folder, 'HEAD');
  using place = await openPlace(root, path, true);
  await locked({ place, path, content: content ?? new Uint8Array() }, setting.unfinished, async (lock) => {
    setting.isUnchanged();
    if (content !== undefined) {
      removeEmpty(place.at());
      renameSync(lock, place.at());
      return;
    }
    if (name.startsWith('refs/')) await removeFromPacked(setting);
    remove(place.at());
  });
  await place.sync();
  if (content === undefined && name.startsWith('refs/')) removeEmptyAbove(path, folder);
  // The history of the stash is the stash itself.
  if (isReference(name) && name !== 'refs/stash') await note(setting, name, before, resolved(folder, name));
  if (name !== 'HEAD' && !isReference(name)) return;
  await note(setting, 'HEAD', head, resolved(folder, 'HEAD'));
}

interface Locked {
  place: Place;
  path: string;
  content: Uint8Array;
}

/** Holds git's lock of a file, with what the file is to hold in it. One that a killed process leaves is known by its note. */
async function locked(
  { place, path, content }: Locked,
  unfinished: Setting['unfinished'],
  work: (lock: string) => Promise<void>,
): Promise<void> {
  const lock = `${nameOf(path)}.lock`;
  const temporary = unfinished.begin(parentOf(path), lock);
  const at = place.at(temporary.name);
  try {
    const handle = await open(at, CREATE, lstatSync(place.at(), { throwIfNoEntry: false })?.mode ?? 0o666);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    try {
      linkSync(at, place.at(lock));
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
      throw new ToolFailure(
        `git is at work there: ${path}.lock stands. Wait for it, or take the lock away, and try again`,
      );
    }
    try {
      await work(place.at(lock));
    } finally {
      remove(place.at(lock)); // where it was not renamed
    }
  } finally {
    remove(at);
    temporary.end();
  }
}

/** A list that has the reference is written without it, and without what its tag leads to. */
async function removeFromPacked({ root, folder, name, unfinished }: Setting): Promise<void> {
  if (!packedIn(folder).has(name)) return;
  const path = `${folder}/packed-refs`;
  using place = await openPlace(root, path);
  const before = bytesAt(path);
  if (!before) return;
  const lines = before.toString('utf8').split('\n');
  const at = lines.findIndex(
    (line) => line.endsWith(` ${name}`) && line.indexOf(' ') === line.length - name.length - 1,
  );
  if (at === -1) return;
  lines.splice(at, lines[at + 1]?.startsWith('^') === true ? 2 : 1);
  const content = Buffer.from(lines.join('\n'));
  await locked({ place, path, content }, unfinished, (lock) => {
    if (bytesAt(path)?.equals(before) !== true) throw new ToolFailure(`${path} changed meanwhile; nothing was done`);
    renameSync(lock, place.at());
    return Promise.resolve();
  });
}

/** A line in git's history of a reference, where it keeps one. */
async function note({ root, folder }: Setting, name: string, before: string, after: string): Promise<void> {
  const path = `${folder}/logs/${name}`;
  if (before === after || statOf(path)?.isFile() !== true) return;
  try {
    using place = await openPlace(root, path);
    const handle = await open(place.at(), APPEND);
    try {
      await handle.write(`${before} ${after} ${BY} ${Math.floor(Date.now() / 1000)} +0000\tundo: put back\n`);
    } finally {
      await handle.close();
    }
  } catch {
    return; // nothing goes by it
  }
}

/** The object that a reference leads to, through others; zeros where it leads to none. */
function resolved(folder: string, name: string): string {
  const common = folder.replace(/\/worktrees\/[^/]+$/, '');
  let at = name;
  for (let depth = 0; depth < 5; depth += 1) {
    const value = at === 'HEAD' ? looseAt(folder, at) : (looseAt(common, at) ?? packedIn(common).get(at));
    if (value === undefined) return NOTHING;
    if (!value.startsWith('ref: ')) return value;
    at = value.slice('ref: '.length);
  }
  return NOTHING;
}

/** Folders in which nothing is, where a reference of their name is to stand. */
function removeEmpty(path: string): void {
  try {
    for (const name of readdirSync(path)) removeEmpty(`${path}/${name}`);
    rmdirSync(path);
  } catch {
    return; // nothing there, no folder, or something is left in it: then the rename says so
  }
}

function removeEmptyAbove(path: string, folder: string): void {
  for (let at = parentOf(path); at.split('/').length > folder.split('/').length + 2; at = parentOf(at))
    try {
      rmdirSync(at);
    } catch {
      return;
    }
}

function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}
