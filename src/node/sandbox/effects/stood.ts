import { chmodSync, lstatSync, readdirSync, type BigIntStats } from 'node:fs';
import { bytesOfPath, textOfName } from '../../files/rawPath.ts';
import { Stretch } from '../stretch.ts';

/** What a look saw at a path, without reading anything. */
export interface Stood {
  kind: 'file' | 'directory' | 'link' | 'other';
  /** Permission bits (chmod(2)). */
  mode: number;
  size: number;
  mtime: bigint;
  names: number;
  /** Another text for whatever was changed since, whatever a program did to the times. */
  key: string;
}

/** A folder as it stood, by path below it without a slash at its beginning. */
export interface Tree {
  entries: Map<string, Stood>;
  /** The names in each folder that was looked into. */
  names: Map<string, string[]>;
  bytes: number;
  /** What it lies on: more than one where something is mounted in it. */
  devices: Set<bigint>;
}

/** What is not looked at: what the command cannot see, and what stands there for the sandbox's sake. */
export type PassedOver = (below: string) => boolean;

/** More entries than these are too much for a view. */
export const MOST_IN_VIEW = 200_000;

/**
 * What stands below a folder now. No link is followed, and no folder closed to this account is looked into, unless it is
 * a copy: that is opened, and its mode is known by then. Undefined: too much.
 */
export async function treeAt(
  root: string,
  isPassedOver: PassedOver,
  of: 'the workspace' | 'a copy' = 'the workspace',
): Promise<Tree | undefined> {
  const tree: Tree = { entries: new Map(), names: new Map(), bytes: 0, devices: new Set() };
  const stretch = new Stretch();
  const pending = [''];
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    const names: string[] = [];
    for (const name of namesIn(`${root}/${folder}`)) {
      await stretch.rest();
      const below = folder === '' ? name : `${folder}/${name}`;
      if (isPassedOver(below)) continue;
      const info = entryIn(root, below);
      if (!info) continue;
      const stood = stoodOf(info);
      names.push(name);
      tree.entries.set(below, stood);
      tree.devices.add(info.dev);
      if (stood.kind === 'directory') pending.push(below);
      if (of === 'a copy') openFolder(`${root}/${below}`, stood);
      if (stood.kind === 'file') tree.bytes += stood.size;
    }
    tree.names.set(folder, names);
    if (tree.entries.size > MOST_IN_VIEW) return undefined;
  }
  return tree;
}

export function entryIn(root: string, below: string): BigIntStats | undefined {
  try {
    return lstatSync(bytesOfPath(`${root}/${below}`), { bigint: true, throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

export function stoodOf(info: BigIntStats): Stood {
  const kind = info.isFile() ? 'file' : info.isDirectory() ? 'directory' : info.isSymbolicLink() ? 'link' : 'other';
  const mode = Number(info.mode & 0o7777n);
  // A folder's times and size change with what is in it, which is looked at itself.
  const more = kind === 'directory' ? [] : [info.size, info.mtimeNs, info.ctimeNs, info.rdev];
  return {
    kind,
    mode,
    size: kind === 'directory' ? 0 : Number(info.size),
    mtime: info.mtimeNs,
    names: kind === 'directory' ? 1 : Number(info.nlink),
    key: [kind, info.dev, info.ino, mode, ...more].join(':'),
  };
}

/** The paths that differ, sorted. */
export function differences(before: Tree, now: Tree): string[] {
  const found: string[] = [];
  for (const [below, stood] of before.entries) if (now.entries.get(below)?.key !== stood.key) found.push(below);
  for (const below of now.entries.keys()) if (!before.entries.has(below)) found.push(below);
  return found.sort();
}

/** What a command closed is opened, to be looked into. */
export function openFolder(path: string, { kind, mode }: Stood): void {
  if (kind === 'directory' && (mode & 0o700) !== 0o700) chmodSync(bytesOfPath(path), mode | 0o700);
}

/** A path and all that stood below it. */
export function subtree({ names }: Pick<Tree, 'names'>, below: string): string[] {
  return [below, ...(names.get(below) ?? []).flatMap((name) => subtree({ names }, `${below}/${name}`))];
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(bytesOfPath(folder), { encoding: 'buffer' }).map(textOfName);
  } catch {
    return [];
  }
}
