import { constants, existsSync, statSync, type Stats } from 'node:fs';
import { open, rename, unlink, type FileHandle } from 'node:fs/promises';
import { ToolFailure } from '../../core/outcome.ts';
import { parentOf } from '../../core/scope/spelling.ts';
import { startProcess } from '../process/spawn.ts';
import { HAS_OPEN_LOOKUP, type Place } from './openTree.ts';
import type { UnfinishedWrites } from './unfinishedWrites.ts';

const CREATE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
const AGAIN = constants.O_WRONLY | constants.O_TRUNC | constants.O_NOFOLLOW;
const IN_PLACE = constants.O_WRONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
/** GNU cp (coreutils), which alone can copy extended attributes and access lists: Node has no call for them. */
const CP = ['/usr/bin/cp', '/bin/cp'].find((path) => existsSync(path));

/** How a file is replaced: the one that stood there; what throws where it is not as it was, asked last. */
interface Replacing {
  old: Stats | undefined;
  isUnchanged: () => Promise<void>;
  unfinished: Pick<UnfinishedWrites, 'begin' | 'apart'>;
  /** It is the same file under other names, and stays it. */
  staysLinked: boolean;
  /** Permission bits of what takes its place; undefined: as they were. */
  mode?: number | undefined;
}

/** Where the new file is made: `at` is its path for a system call. What it returns ends it, once nothing stands there. */
interface Temporary {
  at: string;
  end: () => void;
}

/**
 * Puts a file in place in one step, with owner, group, mode, access list and extended attributes of the one that stood
 * there. One whose owner this account cannot give away is written where it stands, and so is one that
 * `staysLinked`.
 *
 * One that replaces another is made in a folder of Oversign's own where that is on the same file system: whoever watches
 * the workspace sees the one name change. A new file takes what its folder gives it (group, access list), so it is made
 * there.
 */
export async function replaceFile(place: Place, path: string, content: Uint8Array, how: Replacing): Promise<void> {
  const apart = how.old && folderApart(how.old, how.unfinished);
  if (apart === undefined || !(await madeApart(apart, { place, path, content }, how)))
    await made(
      temporaryIn(parentOf(path), (name) => place.at(name), how),
      { place, path, content },
      how,
    );
  await place.sync();
}

interface Wanted {
  place: Place;
  path: string;
  content: Uint8Array;
}

function temporaryIn(folder: string, at: (name: string) => string, { unfinished }: Replacing): Temporary {
  const { name, end } = unfinished.begin(folder);
  return { at: at(name), end };
}

/** A folder of Oversign's own on the file system of a file. */
function folderApart(old: Stats, unfinished: Replacing['unfinished']): string | undefined {
  const folder = unfinished.apart();
  return statSync(folder, { throwIfNoEntry: false })?.dev === old.dev ? folder : undefined;
}

/** False where the file cannot be moved from there: it is another mount, or in another way apart (rename(2), EXDEV). */
async function madeApart(folder: string, wanted: Wanted, how: Replacing): Promise<boolean> {
  try {
    await made(
      temporaryIn(folder, (name) => `${folder}/${name}`, how),
      wanted,
      how,
    );
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EXDEV') return false;
    throw error;
  }
}

async function made(temporary: Temporary, { place, path, content }: Wanted, how: Replacing): Promise<void> {
  const { old, isUnchanged, staysLinked, mode = old && old.mode & 0o7777 } = how;
  try {
    const handle = await opened(place, temporary.at, how);
    let keeps = true;
    try {
      await handle.writeFile(content);
      if (old) keeps = await keepsOwner(handle, old);
      if (mode !== undefined && keeps) await handle.chmod(mode); // a change of owner takes some of it away
      await handle.sync();
    } finally {
      await handle.close();
    }
    // Now that only a rename is left: the time in which another change could be lost is that of one call.
    await isUnchanged();
    if (old && (staysLinked || !keeps)) await writeInPlace(place, path, content, old);
    else await rename(temporary.at, place.at());
  } finally {
    const isGone = await unlink(temporary.at).then(
      () => true,
      (error: unknown) => error instanceof Error && 'code' in error && error.code === 'ENOENT', // renamed
    );
    if (isGone) temporary.end(); // else whoever starts next takes it away
  }
}

async function opened(place: Place, temporary: string, { old, mode }: Replacing): Promise<FileHandle> {
  if (!old) return open(temporary, CREATE, mode === undefined ? 0o666 : 0o600);
  if (await copiedAttributes(place, temporary)) {
    // A file that nobody may write, not even its owner, is replaced all the same, as its folder allows.
    const handle = await open(temporary, AGAIN).catch(() => undefined);
    if (handle) return handle;
    await unlink(temporary);
  }
  return open(temporary, CREATE, 0o600);
}

/** An empty file beside the other one, with its attributes. False where there is nothing to copy them with. */
async function copiedAttributes(place: Place, temporary: string): Promise<boolean> {
  if (!HAS_OPEN_LOOKUP || CP === undefined) return false;
  const ofProcess = (path: string): string => path.replace(/^\/proc\/self\//, `/proc/${process.pid}/`);
  const options = ['-a', '--attributes-only', '--no-dereference', '--'];
  const started = await startProcess({
    file: CP,
    args: [...options, ofProcess(place.at()), ofProcess(temporary)],
    cwd: '/',
    environment: {},
    outputCap: 0,
    dropsErrors: true,
  });
  return (await started.ended).code === 0;
}

/** Whether the new file belongs to whom the old one did; what can be given is given. */
async function keepsOwner(handle: FileHandle, old: Stats): Promise<boolean> {
  const is = async (): Promise<boolean> => {
    const now = await handle.stat();
    return now.uid === old.uid && now.gid === old.gid;
  };
  if (await is()) return true;
  await handle.chown(old.uid, old.gid).catch(() => undefined);
  return is();
}

async function writeInPlace(place: Place, path: string, content: Uint8Array, old: Stats): Promise<void> {
  let handle;
  try {
    handle = await open(place.at(), IN_PLACE);
  } catch {
    throw new ToolFailure(
      `${path} may not be written into by this account, and replaced it would be another file: it belongs to another account, or has other names; nothing was done`,
    );
  }
  try {
    const now = await handle.stat();
    if (now.ino !== old.ino || now.dev !== old.dev) throw new ToolFailure(`${path} was replaced meanwhile`);
    let at = 0;
    while (at < content.length) at += (await handle.write(content, at, content.length - at, at)).bytesWritten;
    await handle.truncate(content.length);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
