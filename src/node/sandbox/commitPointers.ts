import { readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { ToolFailure } from '../../core/outcome.ts';
import { bytesOfPath, textOfName } from '../files/rawPath.ts';
import { bytesAt, entryAt } from './entries.ts';
import { Stretch } from './stretch.ts';
import { piecesOf } from './textPieces.ts';

const MOST_FILES = 20_000;
const MOST_BYTES = 64 * 1024 * 1024;
/** Of all of them together: an index and a list of references, each as long as it may be. */
const MOST_OF_ALL = 2 * MOST_BYTES;

/**
 * What decides which commit is checked out, stashed or staged: HEAD, index, branches, tags, stash; and whatever else git
 * takes for a reference by its name below the repository's folder (gitrevisions(7)): ORIG_HEAD, and `origin/main` there.
 */
export interface Pointers {
  /** By the name below the repository's folder. */
  entries: ReadonlyMap<string, Pointer>;
  /** Why these are not all of it: what there is more of than is looked at. */
  tooMuch: string | undefined;
}

/** A file, or what stands where one should: git follows links, and whoever closes something can open it again. */
export type Pointer =
  { kind: 'file'; bytes: Buffer; mode: number } | { kind: 'link'; target: Buffer } | { kind: 'closed' | 'special' };

const ALWAYS = ['refs', 'logs', 'packed-refs', 'index', 'HEAD'];
/** In these folders only these are looked at (gitrepository-layout(5)); `git checkout -` goes by the reflog of HEAD. */
const ONLY: Readonly<Record<string, readonly string[]>> = { logs: ['refs', 'HEAD'], 'logs/refs': ['stash'] };
/** What stands here is of a half-finished cherry-pick or revert, or is found as `heads/main` before the branch is. */
const FOLDERS = ['sequencer', 'heads', 'remotes', 'tags'];
/** Not references, whatever they begin with; what is closed to commands, or large. */
const OTHERS = new Set(['shallow', 'objects', 'hooks', 'info', 'modules', 'worktrees', 'rebase-merge', 'rebase-apply']);
const REFERENCE = /^(?:[0-9a-f]{40}|ref:)/i;

/** All of them. Throws `ToolFailure` where there are more than can be looked at, and so be put back. */
export async function allPointersIn(gitFolder: string): Promise<Pointers> {
  const pointers = await pointersIn(gitFolder);
  if (pointers.tooMuch !== undefined)
    throw new ToolFailure(
      `${gitFolder.toWellFormed()} has ${pointers.tooMuch}; the sandbox cannot make sure of all of it. Where these are references, git pack-refs --all makes one file of them`,
    );
  return pointers;
}

/** Follows no link: what stands behind one is not in the repository's folder. */
export async function pointersIn(gitFolder: string): Promise<Pointers> {
  const entries = new Map<string, Pointer>();
  const stretch = new Stretch();
  const room: Room = { left: MOST_OF_ALL, isOver: false };
  let tooMuch: string | undefined;
  const pending = [...othersIn(gitFolder), ...ALWAYS];
  const folders = new Set(FOLDERS);
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    await stretch.rest();
    const [top = ''] = name.split('/');
    const isOther = !ALWAYS.includes(top);
    const path = join(gitFolder, name);
    if (isOther && top !== 'sequencer' && isNoReference(path)) continue;
    const found = pointerAt(path, room);
    if (found === undefined) continue;
    if (found.kind === 'folder') {
      if (isOther && !folders.has(top)) continue;
      const only = ONLY[name];
      const below = only === undefined ? found.names : found.names.filter((one) => only.includes(one));
      for (const one of below) pending.push(`${name}/${one}`);
      continue;
    }
    entries.set(name, found);
    const texts = name === 'packed-refs' && found.kind === 'file' ? piecesOf(found.bytes) : [name];
    for (const text of texts) {
      await stretch.rest();
      for (const folder of foldersOfNames(text)) folders.add(folder);
    }
    if (found.kind === 'file' && found.bytes.length > MOST_BYTES)
      tooMuch ??= `a file ${name} of more than ${MOST_BYTES / 2 ** 20} MB`;
    if (room.isOver) tooMuch ??= `more than ${MOST_OF_ALL / 2 ** 20} MB of references`;
    if (entries.size > MOST_FILES) return { entries, tooMuch: `more than ${MOST_FILES} references` };
  }
  return { entries, tooMuch };
}

export function isSame(a: Pointer | undefined, b: Pointer | undefined): boolean {
  if (a?.kind !== b?.kind) return false;
  if (a?.kind === 'file' && b?.kind === 'file') return a.bytes.equals(b.bytes);
  return a?.kind !== 'link' || b?.kind !== 'link' || a.target.equals(b.target);
}

/** The names at which something else stands now. */
export function changedIn({ entries: before }: Pointers, { entries: now }: Pointers): string[] {
  return [...new Set([...before.keys(), ...now.keys()])].filter((name) => !isSame(before.get(name), now.get(name)));
}

/** They are looked at last, when the names of all branches and remotes are known. */
function othersIn(gitFolder: string): string[] {
  const found = pointerAt(gitFolder, { left: 0, isOver: false });
  return found?.kind === 'folder' ? found.names.filter((name) => !ALWAYS.includes(name) && !OTHERS.has(name)) : [];
}

/** Whether it is a file that does not begin like a reference, or a socket, which is one of git's own (core.fsmonitor). */
function isNoReference(path: string): boolean {
  try {
    const info = entryAt(path);
    if (!info || info.isSymbolicLink() || info.isDirectory()) return false;
    return !info.isFile() || !REFERENCE.test(bytesAt(path, 40)?.toString('latin1') ?? '');
  } catch {
    return false;
  }
}

/** Where `origin/main` and `feature/x` would be found before the reference of that name is. */
function foldersOfNames(text: string): string[] {
  return [...text.matchAll(/\brefs\/(?:heads|remotes|tags)\/([^/\s]+)\//g)].map(([, folder = '']) => folder);
}

/** What may still be read. A file that is longer than that counts as closed. */
interface Room {
  left: number;
  isOver: boolean;
}

function pointerAt(path: string, room: Room): Pointer | { kind: 'folder'; names: string[] } | undefined {
  const info = entryAt(path);
  if (info === undefined) return undefined;
  try {
    if (info.isSymbolicLink()) return { kind: 'link', target: readlinkSync(bytesOfPath(path), 'buffer') };
    if (info.isDirectory())
      return { kind: 'folder', names: readdirSync(bytesOfPath(path), { encoding: 'buffer' }).map(textOfName) };
    if (!info.isFile()) return { kind: 'special' };
    const most = Math.min(MOST_BYTES + 1, room.left);
    room.isOver ||= Math.min(Number(info.size), MOST_BYTES + 1) > most;
    if (room.isOver) return { kind: 'closed' };
    const bytes = bytesAt(path, most);
    room.left -= bytes?.length ?? 0;
    return bytes ? { kind: 'file', bytes: Buffer.from(bytes), mode: Number(info.mode & 0o777n) } : { kind: 'special' };
  } catch {
    return { kind: 'closed' };
  }
}
