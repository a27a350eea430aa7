import { existsSync, readlinkSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { isInside } from '../../../core/scope/spelling.ts';
import { bytesAt } from '../entries.ts';
import { entriesOf, type NearFolder } from './near.ts';
import { placeAt, realOf, rootsOf, type Around, type Place } from './shape.ts';
import type { PlaceKind } from './table.ts';

/** Where `yarn link`, `bun link` and `pnpm link --global` note what the person gave out for linking; npm: below a prefix. */
const REGISTERS: readonly PlaceKind[] = [
  { at: '.config/yarn/link', variable: { name: 'XDG_CONFIG_HOME', below: 'yarn/link' } },
  { at: '.bun/install/global/node_modules', variable: { name: 'BUN_INSTALL', below: 'install/global/node_modules' } },
  { at: '.local/share/pnpm/global/5/node_modules', variable: { name: 'PNPM_HOME', below: 'global/5/node_modules' } },
  { at: '.npm-global/lib/node_modules', variable: { name: 'NPM_CONFIG_PREFIX', below: 'lib/node_modules' } },
  { at: '/usr/local/lib/node_modules' },
  { at: '/usr/lib/node_modules' },
];

/** A package of the person's own, that a link in `node_modules` leads to. */
export interface Linked {
  places: Place[];
  notes: string[];
}

const MOST_NOTES = 3;
/** Of one `node_modules`. */
const MOST_LINKS = 5_000;

/**
 * Packages outside that `node_modules` links to because the person linked them (npm-link(1)). A link in a workspace may
 * be anybody's and opens nothing by itself: the package must stand in one of the registers too, where only the person's
 * own commands write, and be a package. `seen`: places that are shown already.
 */
export function linkedPackages(
  roots: readonly string[],
  near: readonly NearFolder[],
  around: Around,
  seen: readonly Place[],
): Linked {
  const found: Linked = { places: [], notes: [] };
  const leads = new Map<string, string>();
  for (const { path, entries } of near)
    if (entries.some(({ name, kind }) => name === 'node_modules' && kind === 'folder'))
      for (const link of linksIn(`${path}/node_modules`).slice(0, MOST_LINKS)) {
        const real = leadsTo(link, roots);
        if (
          real !== undefined &&
          ![...seen.map((place) => place.real), ...around.seen].some((one) => isInside(one, real))
        )
          leads.set(real, link);
      }
  if (leads.size === 0) return found;
  const registered = new Set(
    registersOf(around)
      .flatMap(linksIn)
      .flatMap((link) => realOf(link) ?? []),
  );
  for (const [real, link] of leads) {
    const place =
      registered.has(real) && existsSync(`${real}/package.json`) ? placeAt(real, 'folder', around) : undefined;
    if (place) found.places.push(place);
    else if (found.notes.length < MOST_NOTES)
      found.notes.push(
        `${link} leads to ${real}, which commands do not see; open that folder too, if they need it`.toWellFormed(),
      );
  }
  return found;
}

/** Links of a `node_modules`, with those of its scopes. */
function linksIn(folder: string): string[] {
  return entriesOf(folder).flatMap(({ name, kind }) => {
    if (kind === 'link') return [`${folder}/${name}`];
    if (kind !== 'folder' || !name.startsWith('@')) return [];
    return entriesOf(`${folder}/${name}`).flatMap((one) =>
      one.kind === 'link' ? [`${folder}/${name}/${one.name}`] : [],
    );
  });
}

/** The folder outside that a link leads to; most lead to somewhere inside, which is seen without asking the system. */
function leadsTo(link: string, roots: readonly string[]): string | undefined {
  try {
    const written = resolve(dirname(link), readlinkSync(link));
    if (roots.some((root) => isInside(root, written))) return undefined;
  } catch {
    return undefined;
  }
  const real = realOf(link);
  return real === undefined || roots.some((root) => isInside(root, real)) ? undefined : real;
}

/** `lib/node_modules` of the prefixes that npm has here: beside each `bin` on PATH, and the one that the person set. */
function registersOf(around: Around): string[] {
  const { home, environment } = around;
  const besides = (environment['PATH'] ?? '')
    .split(':')
    .filter((bin) => isAbsolute(bin) && !bin.includes('/node_modules/'))
    .map((bin) => join(dirname(realOf(bin) ?? bin), 'lib/node_modules'));
  const set = prefixIn(`${home}/.npmrc`);
  const all = [
    ...REGISTERS.flatMap((kind) => rootsOf(kind, around)),
    ...besides,
    ...(set === undefined ? [] : [join(set.replace(/^(?:~|\$\{HOME\})(?=\/)/, home), 'lib/node_modules')]),
  ];
  const isKept = (path: string): boolean => around.never.some((one) => isInside(one, realOf(path) ?? path));
  return [...new Set(all)].filter((path) => isAbsolute(path) && !isKept(path));
}

function prefixIn(file: string): string | undefined {
  try {
    return /^prefix *= *(\S.*?) *$/m.exec(bytesAt(file, 65_536)?.toString('utf8') ?? '')?.[1];
  } catch {
    return undefined;
  }
}
