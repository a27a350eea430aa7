import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readFileSync,
  realpathSync,
  statSync,
  type Stats,
} from 'node:fs';
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
  /** `hasFolder`: the folder that it would stand in is there. */
  | { kind: 'absent'; hasFolder: boolean }
  | { kind: 'unreadable'; problem: string }
  | { kind: 'not-administrators'; problem: string };

/**
 * Absent means that nothing is there at all; anything there that cannot be read is a problem, never "no policy". Reads at
 * once and not by way of the thread pool: it does before every call.
 */
export function readPolicy(file: string, { refusesLinks, mustBeAdministrators }: Manner): Read {
  const folder = entryAt(dirname(file));
  if (folder === 'none') return { kind: 'absent', hasFolder: false };
  if (refusesLinks && folder === 'link')
    return { kind: 'unreadable', problem: 'a workspace policy may not lie behind a link' };
  try {
    const fd = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK | (refusesLinks ? constants.O_NOFOLLOW : 0));
    try {
      const info = fstatSync(fd);
      if (mustBeAdministrators) {
        const problem = notAdministrators(info, file);
        if (problem !== undefined) return { kind: 'not-administrators', problem };
      }
      return textOf(fd, info);
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT') {
      // A link that leads nowhere is not "no policy": somebody set one, and it is gone.
      const dangling = folder === 'link' || entryAt(file) === 'link';
      return dangling
        ? { kind: 'unreadable', problem: 'this is a link to something that does not exist' }
        : { kind: 'absent', hasFolder: true };
    }
    if (code === 'ELOOP')
      return { kind: 'unreadable', problem: refusesLinks ? 'a workspace policy may not be a link' : 'too many links' };
    if (code === 'EACCES') return { kind: 'unreadable', problem: 'the file cannot be read: permission denied' };
    if (error instanceof TypeError) return { kind: 'unreadable', problem: 'the file is not UTF-8 text' };
    return { kind: 'unreadable', problem: `the file cannot be read (${String(code ?? error)})` };
  }
}

function textOf(fd: number, info: Stats): Read {
  if (!info.isFile()) return { kind: 'unreadable', problem: 'this is not a regular file' };
  if (info.size > MAX_BYTES) return { kind: 'unreadable', problem: `the file is larger than ${MAX_BYTES} bytes` };
  return {
    kind: 'text',
    text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(readFileSync(fd)),
  };
}

/** Who else could write the file, or put another one in its place; undefined where only administrators can. */
function notAdministrators(own: Stats, file: string): string | undefined {
  if (process.platform === 'win32') return undefined; // %ProgramData% keeps ordinary users out by its own rights
  const isOthers = (info: { uid: number; mode: number }): boolean => info.uid !== 0 || (info.mode & 0o022) !== 0;
  if (isOthers(own)) return 'others than the administrator own it or can write it';
  // Where it is a link, the folders that the link leads through, too.
  for (const path of new Set([file, realpathSync(file)]))
    for (let folder = dirname(path); ; folder = dirname(folder)) {
      if (isOthers(statSync(folder))) return `others than the administrator own ${folder} or can write there`;
      if (folder === dirname(folder)) break;
    }
  return undefined;
}

/** What stands at a path; what cannot be looked at is something. */
function entryAt(path: string): 'none' | 'link' | 'other' {
  try {
    return lstatSync(path).isSymbolicLink() ? 'link' : 'other';
  } catch (error) {
    return codeOf(error) === 'ENOENT' ? 'none' : 'other';
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
