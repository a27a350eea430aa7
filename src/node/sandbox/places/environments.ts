import { createHash } from 'node:crypto';
import { readlinkSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { isInside } from '../../../core/scope/spelling.ts';
import { bytesAt } from '../entries.ts';
import { SYSTEM } from '../systemMounts.ts';
import { entriesOf, type NearFolder } from './near.ts';
import { placeAt, realOf, rootsOf, type Around, type Place } from './shape.ts';
import { ENVIRONMENTS, INSTALLATIONS } from './table.ts';

/** What environments of a workspace lean on; and those that lead where no command sees, one sentence each. */
export interface Leaned {
  places: Place[];
  /** Those that tools look for below the home folder: where, and what is there. */
  inHome: { at: string; place: Place }[];
  notes: string[];
}

/** Links that a program takes to start: python -> python3 -> python3.12 -> the installation's. */
const MOST_HOPS = 12;
const PROGRAM = /^(?:python|pypy|node|ruby)[\d.]*$/;

/**
 * What the workspace's environments (venv(7), virtualenv, nodeenv) need to start: installations that their programs are
 * links to. Anybody may have made such a link, so it only says which of the known places is meant (table.ts).
 */
export function environmentsOf(roots: readonly string[], near: readonly NearFolder[], around: Around): Leaned {
  const found: Leaned = { places: [], inHome: [], notes: [] };
  const isIn = (path: string): boolean => roots.some((root) => isInside(root, path));
  const folders = near.filter(({ entries }) => entries.some(({ name }) => name === 'pyvenv.cfg'));
  for (const { path } of folders) addEnvironment(path, { isIn, around, found });
  for (const { path, entries } of near)
    for (const { name, kind } of entries)
      if (kind === 'link' && /^\.?v?env$/.test(name)) addLinked(`${path}/${name}`, { roots, isIn, around, found });
  for (const { at, place } of ownEnvironments(roots, around)) {
    found.places.push(place);
    found.inHome.push({ at, place });
    addEnvironment(place.real, { isIn: (path) => isIn(path) || isInside(place.real, path), around, found });
  }
  return found;
}

interface Finding {
  isIn: (path: string) => boolean;
  around: Around;
  found: Leaned;
}

function addEnvironment(folder: string, { isIn, around, found }: Finding): void {
  const isLink = ({ name, kind }: NearFolder['entries'][number]): boolean => kind === 'link' && PROGRAM.test(name);
  const links = entriesOf(`${folder}/bin`).filter(isLink).slice(0, MOST_HOPS);
  const hops = links.flatMap(({ name }) => hopsOf(`${folder}/bin/${name}`));
  // Where the program looks for what belongs to it.
  const homes = [homeOf(folder)].flatMap((home) => (home === undefined ? [] : hopsOf(`${home}/python3`, true)));
  const missing: string[] = [];
  for (const hop of new Set([...hops, ...homes])) {
    if (isIn(hop) || SYSTEM.some((one) => isInside(one, hop))) continue;
    const place = installationOf(hop, around);
    if (place) found.places.push(place);
    else if (hops.includes(hop)) missing.push(hop);
  }
  const [first] = missing;
  if (first !== undefined) found.notes.push(unseen(`${folder}/bin/python`, first));
}

/** The folder of the installation's programs, as the environment says (venv(7)). */
function homeOf(environment: string): string | undefined {
  const file = `${environment}/pyvenv.cfg`;
  try {
    const written = /^home *= *(\/.+?) *$/m.exec((bytesAt(file, 16_384) ?? Buffer.alloc(0)).toString('utf8'))?.[1];
    return written === undefined ? undefined : resolve(written);
  } catch {
    return undefined; // it went meanwhile
  }
}

/** A whole environment that is linked into the workspace: it must be the workspace's own. */
function addLinked(link: string, { roots, isIn, around, found }: Finding & { roots: readonly string[] }): void {
  const real = realOf(link);
  if (real === undefined || isIn(real)) return;
  if (!ownEnvironments(roots, around).some(({ place }) => place.real === real)) found.notes.push(unseen(link, real));
}

function unseen(link: string, leads: string): string {
  return `${link} leads to ${leads}, which commands do not see: what starts there does not work in here`.toWellFormed();
}

/** Every path that a link's way goes through, the last one being no link; `withStart`: and where it begins. */
function hopsOf(link: string, withStart = false): string[] {
  const hops: string[] = withStart ? [link] : [];
  let at = link;
  for (let turn = 0; turn < MOST_HOPS; turn += 1) {
    try {
      at = resolve(realOf(dirname(at)) ?? dirname(at), readlinkSync(at));
    } catch {
      break; // no link, or none any more
    }
    hops.push(at);
  }
  const real = realOf(link);
  if (real !== undefined) hops.push(real);
  return [...new Set(hops)];
}

/** The installation that a program belongs to: a folder of a known place, that really holds a program there. */
function installationOf(program: string, around: Around): Place | undefined {
  const info = statSync(program, { throwIfNoEntry: false });
  if (!info?.isFile() || (info.mode & 0o111) === 0) return undefined;
  for (const kind of INSTALLATIONS)
    for (const root of rootsOf(kind, around))
      for (const at of new Set([root, realOf(root) ?? root])) {
        if (!isInside(at, program)) continue;
        const segments = program.slice(at.length + 1).split('/');
        if (segments.length < kind.depth + 2) continue; // it stands beside the installations
        if (kind.named && !kind.named.test(segments[0] ?? '')) continue;
        const place = placeAt([at, ...segments.slice(0, kind.depth)].join('/'), 'folder', around);
        const real = realOf(program);
        if (place && real !== undefined && hasProgram(place.real)) return place;
      }
  return undefined;
}

/** Some keep the installation one folder further down. */
function hasProgram(folder: string): boolean {
  return ['bin', 'install/bin', 'python/bin'].some((bin) =>
    entriesOf(join(folder, bin)).some(({ name, kind }) => kind !== 'folder' && PROGRAM.test(name)),
  );
}

/**
 * Environments that tools keep elsewhere for a workspace: Poetry names one after its folder's digest, pipenv and
 * virtualenvwrapper write the folder into it. Those of other projects are theirs.
 */
function ownEnvironments(roots: readonly string[], around: Around): Leaned['inHome'] {
  const digests = roots.map((root) => createHash('sha256').update(root).digest('base64url').slice(0, 8));
  return ENVIRONMENTS.flatMap((kind) => rootsOf(kind, around).map((root) => ({ kind, root }))).flatMap(
    ({ kind, root }) =>
      entriesOf(root).flatMap(({ name }) => {
        const path = `${root}/${name}`;
        const isOwn =
          digests.some((digest) => name.includes(`-${digest}-py`)) || roots.includes(projectOf(path) ?? basename(path));
        const place = isOwn ? placeAt(path, 'folder', around) : undefined;
        const isOne = place && entriesOf(place.real).some((entry) => entry.name === 'pyvenv.cfg');
        return isOne ? [{ at: `${kind.at}/${name}`, place }] : [];
      }),
  );
}

function projectOf(environment: string): string | undefined {
  try {
    const written = bytesAt(`${environment}/.project`, 4096)?.toString('utf8').trim();
    return written === undefined ? undefined : realOf(written);
  } catch {
    return undefined;
  }
}
