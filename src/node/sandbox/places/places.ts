import { isAbsolute, join } from 'node:path';
import { carriesCredential } from '../../../core/redaction/carriesCredential.ts';
import { isInside } from '../../../core/scope/spelling.ts';
import { bytesAt } from '../entries.ts';
import { HOME } from '../machine.ts';
import { environmentsOf } from './environments.ts';
import { linkedPackages } from './linkedPackages.ts';
import { entriesOf, type NearFolder } from './near.ts';
import { placeAt, rootsOf, systemPlace, type Around, type Place } from './shape.ts';
import { CACHES, SETTINGS, type PlaceKind } from './table.ts';

/** What the projects of workspaces lean on outside of them, to be mounted read-only. */
export interface Places {
  /** Real paths, none inside another. */
  mounts: string[];
  /** The same packages of the person's own: what in them is not part of the package has to be looked for each time. */
  packages: string[];
  /** Names under which projects, and tools that look in their home folder, find them. */
  pointers: { path: string; target: string }[];
  /** Parts that are not shown. */
  hidden: string[];
  /** What is not shown although the project leads there, one sentence each. */
  notes: string[];
}

const LOCK = /\.(?:lck|lock)$/;
const LARGEST_SETTING = 64 * 1024;

/** By what a list of near folders holds, which markers were looked for in it, and whether they were there. */
const MARKERS = new WeakMap<readonly NearFolder[], Map<RegExp, boolean>>();

/**
 * Looks at what the upper folders of the workspaces (`near`) hold and at which of the known places are there: anew for
 * each command, so that an environment made a moment ago works.
 */
export function placesOf(roots: readonly string[], around: Around, near: readonly NearFolder[]): Places {
  const caches = CACHES.filter(({ marker }) => hasMarker(near, marker)).flatMap((kind) =>
    existing(kind, around).map((place) => ({ kind, place })),
  );
  const settings = SETTINGS.filter(({ marker }) => hasMarker(near, marker)).flatMap((kind) =>
    setting(kind, around).map((place) => ({ kind, place })),
  );
  const environments = environmentsOf(roots, near, around);
  const seen = [...caches.map(({ place }) => place), ...environments.places];
  const linked = linkedPackages(roots, near, around, seen);
  const all = [...seen, ...settings.map(({ place }) => place), ...linked.places];
  const mounts = topmost(all.flatMap(({ real, isOfSystem }) => (isOfSystem ? [] : [real])));
  const named = [
    ...caches
      .filter(({ kind }) => kind.readBy === undefined)
      .map(({ kind, place }) => ({ at: kind.at, place, depth: kind.locksIn ?? 0 })),
    ...settings.map(({ kind, place }) => ({ at: kind.at, place, depth: 0 })),
    ...environments.inHome.map((one) => ({ ...one, depth: 0 })),
  ];
  const inHome = named.flatMap(({ at, place, depth }) =>
    isAbsolute(at) ? [] : linksTo({ path: join(HOME, at), target: place.real }, depth),
  );
  const renamed = all.flatMap(({ path, real }) => (path === real ? [] : [{ path, target: real }]));
  return {
    mounts,
    packages: linked.places.map(({ real }) => real),
    pointers: usable([...inHome, ...renamed], [...mounts, ...around.never]),
    hidden: caches.flatMap(({ kind, place }) => (kind.without ?? []).map((part) => `${place.real}/${part}`)),
    notes: [...new Set([...environments.notes, ...linked.notes])],
  };
}

export function hasMarker(near: readonly NearFolder[], marker: RegExp): boolean {
  const known = MARKERS.get(near) ?? new Map<RegExp, boolean>();
  MARKERS.set(near, known);
  const has =
    known.get(marker) ??
    near.some(({ entries }) =>
      entries.some(({ name, kind }) => (kind === 'file' || name === 'node_modules') && marker.test(name)),
    );
  known.set(marker, has);
  return has;
}

export function existing(kind: PlaceKind, around: Around): Place[] {
  return rootsOf(kind, around).flatMap((path) => placeAt(path, 'folder', around) ?? systemPlace(path) ?? []);
}

/** A file of settings that holds no credential; one that cannot be read, or is too large to be settings, is left out. */
function setting({ at }: { at: string }, around: Around): Place[] {
  const place = placeAt(join(around.home, at), 'file', around);
  if (!place) return [];
  try {
    const bytes = bytesAt(place.real, LARGEST_SETTING + 1);
    return bytes && bytes.length <= LARGEST_SETTING && !carriesCredential(bytes.toString('utf8')) ? [place] : [];
  } catch {
    return [];
  }
}

/** A link to a place; or to what is in it so many folders below, so that a tool can make its locks beside that. */
function linksTo(link: Places['pointers'][number], depth: number): Places['pointers'] {
  if (depth === 0) return [link];
  return entriesOf(link.target)
    .filter(({ name, kind }) => !LOCK.test(name) && (depth === 1 || kind === 'folder'))
    .flatMap(({ name }) => linksTo({ path: `${link.path}/${name}`, target: `${link.target}/${name}` }, depth - 1));
}

function topmost(paths: readonly string[]): string[] {
  const all = [...new Set(paths)];
  return all.filter((path) => !all.some((other) => other !== path && isInside(other, path)));
}

/** A link can only be made where nothing is mounted; of two for the same name the later one counts. */
function usable(wanted: readonly Places['pointers'][number][], taken: readonly string[]): Places['pointers'] {
  const byPath = new Map(wanted.filter(({ path, target }) => path !== target).map((one) => [one.path, one]));
  const isFree = (path: string): boolean =>
    !taken.some((other) => isInside(other, path) || isInside(path, other)) &&
    ![...byPath.keys()].some((other) => other !== path && isInside(path, other));
  return [...byPath.values()].filter(({ path }) => isFree(path));
}
