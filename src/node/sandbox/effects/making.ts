import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ToolFailure } from '../../../core/outcome.ts';
import { isInside, relativeTo } from '../../../core/scope/spelling.ts';
import { bytesOfPath } from '../../files/rawPath.ts';
import type { StandIn } from '../standIn.ts';
import { copyTree, MOST_COPIED } from './copied.ts';
import { foundInCopy, foundInOverlay, type Found } from './found.ts';
import { aroundOverlay, asIts, layOut, whyNoOverlay } from './overlay.ts';
import type { ViewPlace } from './place.ts';
import { entryIn, treeAt, type Tree } from './stood.ts';

/** A view that is made. */
export interface MadeView {
  /** What stands for each place in the cage. */
  sources: readonly string[];
  /** What starts the cage so that it sees them; undefined where anybody does. */
  around: readonly string[] | undefined;
  /** Where what the command writes lands, and how many entries are there before. */
  writes: { folders: readonly string[]; entries: number };
  /** Undefined where there is too much to be looked through. */
  found(): Promise<Found[] | undefined>;
}

interface Making {
  folder: string;
  places: readonly ViewPlace[];
  /** What is to be covered in it and does not exist. */
  standIns: readonly StandIn[];
  signal: AbortSignal;
}

/** By the kernel: nothing is copied before the command changes it. Undefined where it cannot be had here. */
export async function overlayView({ folder, places, standIns }: Making): Promise<MadeView | undefined> {
  if (places.some(({ before }) => before.devices.size > 1)) return undefined; // what is mounted in there would be missing
  const count = places.length;
  const sources = layOut(
    folder,
    places.map(({ lower }) => lower),
  );
  if ((await whyNoOverlay(folder, count)) !== undefined) return undefined;
  const uppers = places.map((_, index) => join(folder, `upper-${index}`));
  const own = putStandIns(places, uppers, standIns);
  return {
    sources,
    around: aroundOverlay(folder, count),
    writes: { folders: uppers, entries: 0 },
    found: () =>
      Promise.all(
        places.map(({ path, before }, index) =>
          foundInOverlay(folder, { index, count }, { before, isOwn: (below) => own.has(`${path}/${below}`) }),
        ),
      ),
  };
}

/** As a copy. Throws where there is too much to be copied. */
export async function copiedView({ folder, places, standIns, signal }: Making): Promise<MadeView> {
  const bytes = places.reduce((sum, { before }) => sum + before.bytes, 0);
  if (bytes > MOST_COPIED) throw new ToolFailure(tooMuchToCopy(bytes));
  const roots = places.map((_, index) => join(folder, `copy-${index}`));
  const copied: Tree[] = [];
  for (const [index, { lower, before }] of places.entries()) {
    const root = roots[index] ?? '';
    mkdirSync(root, { mode: 0o700 });
    await copyTree(lower, root, { tree: before, signal });
    asIts(root, lower);
  }
  const own = putStandIns(places, roots, standIns);
  const isOver =
    ({ path, isPassedOver }: ViewPlace) =>
    (below: string): boolean =>
      isPassedOver(below) || own.has(`${path}/${below}`);
  for (const [index, place] of places.entries()) {
    const tree = await treeAt(roots[index] ?? '', isOver(place));
    if (!tree) throw new ToolFailure('the workspace holds too much to be copied');
    copied.push(tree);
  }
  return {
    sources: roots,
    around: undefined,
    writes: { folders: roots, entries: copied.reduce((sum, { entries }) => sum + entries.size, 0) },
    async found() {
      const all: Found[] = [];
      for (const [index, place] of places.entries()) {
        const tree = copied[index];
        const one = tree && (await foundInCopy(roots[index] ?? '', tree, isOver(place)));
        if (!one) return undefined;
        all.push(one);
      }
      return all;
    },
  };
}

export function tooMuchToCopy(bytes: number): string {
  return `the workspace has ${Math.ceil(bytes / 2 ** 20)} MiB, and no more than ${MOST_COPIED / 2 ** 20} MiB are copied for it`;
}

/** A mount needs something to cover; here that never touches the real folder. Tells which paths are none of the command's. */
function putStandIns(
  places: readonly ViewPlace[],
  roots: readonly string[],
  standIns: readonly StandIn[],
): Set<string> {
  const own = new Set<string>();
  for (const { path, kind, content } of standIns) {
    const index = places.findIndex((place) => isInside(place.path, path));
    const [place, root] = [places[index], roots[index]];
    if (!place || root === undefined) continue;
    const below = relativeTo(place.path, path);
    own.add(path);
    if (entryIn(place.lower, below)) continue; // another run's stand-in, which the view shows
    const made = foldersTo(below, root);
    const at = bytesOfPath(`${root}/${below}`);
    if (kind === 'folder') mkdirSync(at, { recursive: true });
    else writeFileSync(at, content);
    for (const one of made)
      if (entryIn(place.lower, one)?.isDirectory()) asIts(`${root}/${one}`, `${place.lower}/${one}`);
  }
  return own;
}

/** Makes the folders above, and tells which, the innermost first. */
function foldersTo(below: string, root: string): string[] {
  const made: string[] = [];
  const names = below.split('/').slice(0, -1);
  for (const [index] of names.entries()) {
    const at = names.slice(0, index + 1).join('/');
    if (!entryIn(root, at)) mkdirSync(bytesOfPath(`${root}/${at}`), { mode: 0o700 });
    else chmodSync(bytesOfPath(`${root}/${at}`), 0o700);
    made.unshift(at);
  }
  return made;
}
