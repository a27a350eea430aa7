import { readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { bytesOfPath, textOfName } from '../files/rawPath.ts';
import { bytesAt, entryAt } from './entries.ts';
import { Stretch } from './stretch.ts';

const MOST_FILES = 20_000;
const MOST_BYTES = 64 * 1024 * 1024;

/** What decides which commit is checked out, stashed or staged: HEAD, index, branches, tags, stash. */
export interface Pointers {
  /** By the name below the repository's folder. */
  entries: ReadonlyMap<string, Pointer>;
  /** Why these are not all of it: what there is more of than is looked at. */
  tooMuch: string | undefined;
}

/** A file, or what stands where one should: git follows links, and whoever closes something can open it again. */
export type Pointer =
  { kind: 'file'; bytes: Buffer } | { kind: 'link'; target: Buffer } | { kind: 'closed' | 'special' };

/** In these folders only this one is looked at (gitrepository-layout(5)). */
const ONLY: Readonly<Record<string, string>> = { logs: 'refs', 'logs/refs': 'stash' };

/** Follows no link: what stands behind one is not in the repository's folder. */
export async function pointersIn(gitFolder: string): Promise<Pointers> {
  const entries = new Map<string, Pointer>();
  const stretch = new Stretch();
  let tooMuch: string | undefined;
  const pending = ['refs', 'logs', 'packed-refs', 'index', 'HEAD'];
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    await stretch.rest();
    const found = pointerAt(join(gitFolder, name));
    if (found === undefined) continue;
    if (found.kind === 'folder') {
      const only = ONLY[name];
      const below = only === undefined ? found.names : found.names.filter((one) => one === only);
      for (const one of below) pending.push(`${name}/${one}`);
      continue;
    }
    entries.set(name, found);
    if (found.kind === 'file' && found.bytes.length > MOST_BYTES)
      tooMuch ??= `a file ${name} of more than ${MOST_BYTES / 2 ** 20} MB`;
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

function pointerAt(path: string): Pointer | { kind: 'folder'; names: string[] } | undefined {
  const info = entryAt(path);
  if (info === undefined) return undefined;
  try {
    if (info.isSymbolicLink()) return { kind: 'link', target: readlinkSync(bytesOfPath(path), 'buffer') };
    if (info.isDirectory())
      return { kind: 'folder', names: readdirSync(bytesOfPath(path), { encoding: 'buffer' }).map(textOfName) };
    const bytes = info.isFile() ? bytesAt(path, MOST_BYTES + 1) : undefined;
    return bytes ? { kind: 'file', bytes: Buffer.from(bytes) } : { kind: 'special' };
  } catch {
    return { kind: 'closed' };
  }
}
