import { randomUUID } from 'node:crypto';
import { constants, existsSync, type Stats } from 'node:fs';
import { open, rename, unlink, type FileHandle } from 'node:fs/promises';
import { ToolFailure } from '../../core/outcome.ts';
import { startProcess } from '../process/spawn.ts';
import { HAS_OPEN_LOOKUP, type Place } from './openTree.ts';

const CREATE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
const AGAIN = constants.O_WRONLY | constants.O_TRUNC | constants.O_NOFOLLOW;
const IN_PLACE = constants.O_WRONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
/** GNU cp (coreutils), which alone can copy extended attributes and access lists: Node has no call for them. */
const CP = ['/usr/bin/cp', '/bin/cp'].find((path) => existsSync(path));

/**
 * Puts a file in place in one step, with owner, group, mode, access list and extended attributes of the one that stood
 * there. One whose owner this account cannot give away is written where it stands. `isUnchanged` is asked last, and
 * throws where it is not.
 */
export async function replaceFile(
  place: Place,
  path: string,
  content: Uint8Array,
  { old, isUnchanged }: { old: Stats | undefined; isUnchanged: () => Promise<void> },
): Promise<void> {
  const temporary = `.oversign-${randomUUID()}.tmp`;
  try {
    const handle = await opened(place, temporary, old);
    let keeps = true;
    try {
      await handle.writeFile(content);
      if (old) keeps = await keepsOwner(handle, old);
      if (old && keeps) await handle.chmod(old.mode & 0o7777); // a change of owner takes some of it away
      await handle.sync();
    } finally {
      await handle.close();
    }
    // Now that only a rename is left: the time in which another change could be lost is that of one call.
    await isUnchanged();
    if (old && !keeps) await writeInPlace(place, path, content, old);
    else await rename(place.at(temporary), place.at());
  } finally {
    await unlink(place.at(temporary)).catch(() => undefined); // renamed, or of no use
  }
  await place.sync();
}

async function opened(place: Place, temporary: string, old: Stats | undefined): Promise<FileHandle> {
  if (!old) return open(place.at(temporary), CREATE, 0o666);
  if (await copiedAttributes(place, temporary)) {
    // A file that nobody may write, not even its owner, is replaced all the same, as its folder allows.
    const handle = await open(place.at(temporary), AGAIN).catch(() => undefined);
    if (handle) return handle;
    await unlink(place.at(temporary));
  }
  return open(place.at(temporary), CREATE, 0o600);
}

/** An empty file beside the other one, with its attributes. False where there is nothing to copy them with. */
async function copiedAttributes(place: Place, temporary: string): Promise<boolean> {
  if (!HAS_OPEN_LOOKUP || CP === undefined) return false;
  const at = (name?: string): string => place.at(name).replace('/proc/self/', `/proc/${process.pid}/`);
  const options = ['-a', '--attributes-only', '--no-dereference', '--'];
  const started = await startProcess({
    file: CP,
    args: [...options, at(), at(temporary)],
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
      `${path} belongs to another account, which it would lose, and this account may not write into it; nothing was done`,
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
