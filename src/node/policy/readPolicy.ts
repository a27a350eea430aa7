import { constants } from 'node:fs';
import { lstat, open, realpath, stat, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';

const MAX_BYTES = 1024 * 1024;

/** How a policy file may lie on the disk. */
export interface Manner {
  /** Where a link leads is not protected: the agent could edit the policy under its other name. */
  refusesLinks: boolean;
  /** Only a file that administrators alone can write counts. */
  mustBeAdministrators: boolean;
}

export type Read =
  | { kind: 'text'; text: string }
  | { kind: 'absent' }
  | { kind: 'unreadable'; problem: string }
  | { kind: 'not-administrators'; problem: string };

/** Absent means that nothing is there at all; anything there that cannot be read is a problem, never "no policy". */
export async function readPolicy(file: string, { refusesLinks, mustBeAdministrators }: Manner): Promise<Read> {
  if (refusesLinks && (await isLink(dirname(file))))
    return { kind: 'unreadable', problem: 'a workspace policy may not lie behind a link' };
  try {
    const handle = await open(
      file,
      constants.O_RDONLY | constants.O_NONBLOCK | (refusesLinks ? constants.O_NOFOLLOW : 0),
    );
    try {
      if (mustBeAdministrators) {
        const problem = await notAdministrators(handle, file);
        if (problem !== undefined) return { kind: 'not-administrators', problem };
      }
      return await textOf(handle);
    } finally {
      await handle.close();
    }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT') {
      // A link that leads nowhere is not "no policy": somebody set one, and it is gone.
      const dangling = (await isLink(file)) || (await isLink(dirname(file)));
      return dangling
        ? { kind: 'unreadable', problem: 'this is a link to something that does not exist' }
        : { kind: 'absent' };
    }
    if (code === 'ELOOP')
      return { kind: 'unreadable', problem: refusesLinks ? 'a workspace policy may not be a link' : 'too many links' };
    if (code === 'EACCES') return { kind: 'unreadable', problem: 'the file cannot be read: permission denied' };
    if (error instanceof TypeError) return { kind: 'unreadable', problem: 'the file is not UTF-8 text' };
    return { kind: 'unreadable', problem: `the file cannot be read (${String(code ?? error)})` };
  }
}

async function textOf(handle: FileHandle): Promise<Read> {
  const info = await handle.stat();
  if (!info.isFile()) return { kind: 'unreadable', problem: 'this is not a regular file' };
  if (info.size > MAX_BYTES) return { kind: 'unreadable', problem: `the file is larger than ${MAX_BYTES} bytes` };
  return {
    kind: 'text',
    text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await handle.readFile()),
  };
}

/** Who else could write the file, or put another one in its place; undefined where only administrators can. */
async function notAdministrators(handle: FileHandle, file: string): Promise<string | undefined> {
  if (process.platform === 'win32') return undefined; // %ProgramData% keeps ordinary users out by its own rights
  const isOthers = (info: { uid: number; mode: number }): boolean => info.uid !== 0 || (info.mode & 0o022) !== 0;
  if (isOthers(await handle.stat())) return 'others than the administrator own it or can write it';
  // Where it is a link, the folders that the link leads through, too.
  for (const path of [file, await realpath(file)])
    for (let folder = dirname(path); ; folder = dirname(folder)) {
      if (isOthers(await stat(folder))) return `others than the administrator own ${folder} or can write there`;
      if (folder === dirname(folder)) break;
    }
  return undefined;
}

async function isLink(path: string): Promise<boolean> {
  return lstat(path).then(
    (info) => info.isSymbolicLink(),
    () => false,
  );
}
