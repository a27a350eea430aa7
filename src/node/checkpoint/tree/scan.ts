import { lstatSync, readdirSync, type Stats } from 'node:fs';
import { LEAVES } from '../../../core/checkpoint/covers.ts';
import type { Seen } from './entry.ts';

/** How far a tree is looked through. */
export interface ScanLimits {
  /** Names of folders that can be made again, and are not looked into. */
  leaves: readonly string[];
  /** So many entries at most. */
  entries: number;
  /** Files up to so many bytes are kept. */
  fileBytes: number;
  /** All files that are kept, in bytes. */
  bytes: number;
}

export const SCAN_LIMITS: ScanLimits = {
  leaves: LEAVES,
  entries: 100_000,
  // As many as are hashed of a file elsewhere (files/preImage.ts).
  fileBytes: 16 << 20,
  bytes: 1 << 30,
};

export interface Scan {
  /** By path below the root, without a slash at its beginning. */
  seen: Map<string, Seen>;
  /** What is there and not covered, by path. */
  leftOut: string[];
  /** Files that have another name where nobody looks: what is written into one is changed there too. */
  linked: string[];
  /** `.git` folders: what they say of where git stands is looked at apart (git/stands.ts), and nothing else in them. */
  repositories: string[];
  /** There is more than is looked through: then nothing is said of any of it. */
  isTooMuch: boolean;
}

/**
 * What stands below a folder now. No link is followed, and no other file system entered. Repositories in it are folders
 * like others, but for what git itself keeps, which is not looked into here.
 */
export function scanTree(root: string, limits: ScanLimits): Scan {
  const scan: Scan = { seen: new Map(), leftOut: [], linked: [], repositories: [], isTooMuch: false };
  const leaves = new Set(limits.leaves);
  const device = lstatSync(root).dev;
  const pending = [''];
  let bytes = 0;
  for (let below = pending.pop(); below !== undefined; below = pending.pop()) {
    for (const name of namesIn(`${root}/${below}`, below, scan)) {
      const path = below === '' ? name : `${below}/${name}`;
      const info = lstatSync(`${root}/${path}`, { throwIfNoEntry: false });
      if (info === undefined) {
        // Gone meanwhile; or its name is none in UTF-8, and nothing can be done through such a name.
        if (name.includes('\ufffd')) scan.leftOut.push(path);
        continue;
      }
      const seen = seenOf(info);
      scan.seen.set(path, seen);
      if (seen.kind === 'directory') {
        const isClosed = name === '.git' || leaves.has(name) || info.dev !== device;
        if (isClosed) seen.closed = true;
        else pending.push(path);
      }
      if (seen.kind === 'file') {
        if (seen.size > limits.fileBytes) seen.closed = true;
        else bytes += seen.size;
      }
      const isRepository = name === '.git' && seen.kind === 'directory' && info.dev === device;
      if (isRepository) scan.repositories.push(path);
      // A file of that name says where a repository is; it stays as it is, like all that git is run by.
      else if (seen.closed || seen.kind === 'other' || (name === '.git' && seen.kind !== 'file'))
        scan.leftOut.push(path);
      if (scan.seen.size > limits.entries || bytes > limits.bytes)
        return { seen: new Map(), leftOut: [], linked: [], repositories: [], isTooMuch: true };
    }
  }
  scan.linked = linkedElsewhere(scan.seen);
  return scan;
}

/** Of one file system, so the number of the inode says which file it is. */
function linkedElsewhere(seen: Scan['seen']): string[] {
  const names = new Map<number, string[]>();
  for (const [path, { kind, links, ino }] of seen)
    if (kind === 'file' && links > 1) names.set(ino, [...(names.get(ino) ?? []), path]);
  return [...names.values()].flatMap((paths) => ((seen.get(paths[0] ?? '')?.links ?? 0) > paths.length ? paths : []));
}

function namesIn(folder: string, path: string, { leftOut }: Scan): string[] {
  try {
    return readdirSync(folder);
  } catch {
    if (path !== '') leftOut.push(path);
    return [];
  }
}

export function seenOf(info: Stats): Seen {
  return {
    kind: info.isFile() ? 'file' : info.isDirectory() ? 'directory' : info.isSymbolicLink() ? 'link' : 'other',
    mode: info.mode & 0o7777,
    size: info.isDirectory() ? 0 : info.size,
    mtime: info.isDirectory() ? 0 : info.mtimeMs,
    ctime: info.isDirectory() ? 0 : info.ctimeMs,
    ino: info.ino,
    links: info.nlink,
  };
}
