import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { bytesOfPath, textOfName } from '../../files/rawPath.ts';
import { Stretch } from '../stretch.ts';
import { namesInView } from './overlay.ts';
import {
  differences,
  entryIn,
  openFolder,
  stoodOf,
  subtree,
  treeAt,
  type PassedOver,
  type Stood,
  type Tree,
} from './stood.ts';

/** What stands otherwise in one folder of a view, by path below it; undefined: nothing stands there any more. */
export interface Found {
  now: Map<string, Stood | undefined>;
  /** Where what stands there now can be read. */
  root: string;
}

/** Of an overlay: what is in its upper folder, and what that hides. `isOwn`: what was put there beforehand. */
export async function foundInOverlay(
  folder: string,
  { index, count }: { index: number; count: number },
  { before, isOwn }: { before: Tree; isOwn: (below: string) => boolean },
): Promise<Found> {
  const root = join(folder, `upper-${index}`);
  const now = new Map<string, Stood | undefined>();
  const merged: string[] = [];
  const stretch = new Stretch();
  const pending = [''];
  const upper = new Map<string, Set<string>>();
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    const here = new Set<string>();
    upper.set(at, here);
    if (before.names.has(at)) merged.push(at);
    for (const raw of readdirSync(bytesOfPath(`${root}/${at}`), { encoding: 'buffer' })) {
      await stretch.rest();
      const name = textOfName(raw);
      const below = at === '' ? name : `${at}/${name}`;
      here.add(name);
      if (isOwn(below)) continue;
      const info = entryIn(root, below);
      if (!info) continue;
      const isWhiteout = info.isCharacterDevice() && info.rdev === 0n;
      const stood = isWhiteout ? undefined : stoodOf(info);
      const was = before.entries.get(below);
      if (stood) openFolder(`${root}/${below}`, stood);
      if (stood?.kind === 'directory') pending.push(below);
      if (stood?.kind !== 'directory' && was?.kind === 'directory') goes(before, below, now);
      if (stood || was) now.set(below, stood);
    }
  }
  // A folder that was deleted and made anew hides what stood in it, and no file of its own says so.
  const hidden = merged.filter((at) => (before.names.get(at) ?? []).some((name) => upper.get(at)?.has(name) === false));
  const seen = await namesInView(folder, { index, count }, hidden);
  for (const at of hidden)
    for (const name of before.names.get(at) ?? [])
      if (upper.get(at)?.has(name) === false && seen.get(at)?.has(name) === false)
        goes(before, at === '' ? name : `${at}/${name}`, now);
  return { now, root };
}

/** Of a copy: what differs in it from how it was made. */
export async function foundInCopy(root: string, copied: Tree, isPassedOver: PassedOver): Promise<Found | undefined> {
  const after = await treeAt(root, isPassedOver, 'a copy');
  if (!after) return undefined;
  const changed = differences(copied, after);
  // The folders around a change, too: one may be closed.
  const around = changed.flatMap(foldersAbove).filter((below) => after.entries.has(below));
  return { now: new Map([...around, ...changed].map((below) => [below, after.entries.get(below)])), root };
}

function foldersAbove(below: string): string[] {
  const names = below.split('/').slice(0, -1);
  return names.map((_, index) => names.slice(0, index + 1).join('/'));
}

function goes(before: Tree, below: string, now: Map<string, Stood | undefined>): void {
  for (const one of subtree(before, below)) now.set(one, undefined);
}
