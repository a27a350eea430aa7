import { lstatSync } from 'node:fs';
import type { CommandPlace, Foreseen } from '../../../core/checkpoint/port.ts';
import { gitStandsIn } from '../../git/stands.ts';
import { SCAN_LIMITS, scanTree, type Scan, type ScanLimits } from './scan.ts';

/** What of a folder would not be covered. */
export type Surveyed = Pick<Scan, 'isTooMuch' | 'leftOut' | 'linked' | 'repositories'>;

/** Each is a mount of a command's cage, and so are the folders above it. */
const MOST_HELD = 300;

/** What undo will be able to do for whatever a command changes there. `isStandIn`: what stands for the sandbox's sake alone. */
export async function foreseen(
  { roots, shown, outside, canWrite, holds }: CommandPlace,
  survey: (root: string) => Promise<Surveyed>,
  isStandIn: (path: string) => boolean,
): Promise<Foreseen> {
  const leftOut: string[] = [];
  const repositories: string[] = [];
  const held: string[] = [];
  for (const root of roots) {
    const found = await survey(root);
    if (found.isTooMuch) return { undo: { kind: 'none', why: 'too large' }, repositories: [] };
    repositories.push(...found.repositories.map((path) => `${root}/${path}`));
    const paths = [...found.leftOut, ...(holds ? found.linked : [])].map((path) => `${root}/${path}`);
    const uncovered = [...new Set(paths)].filter((path) => canWrite(path) && !isStandIn(path));
    if (holds) held.push(...uncovered.filter(canBeHeld));
    leftOut.push(...uncovered.filter((path) => !holds || !canBeHeld(path)).map(shown));
  }
  if (held.length > MOST_HELD) leftOut.push(...held.splice(0).map(shown));
  if (outside) leftOut.unshift('what it does outside the workspace');
  const undo = leftOut.length === 0 ? ({ kind: 'whole' } as const) : ({ kind: 'partly', leftOut } as const);
  return { undo, repositories, ...(holds && { held }) };
}

/** Whether a mount can stand there: a link would lead it elsewhere, and a name that is no UTF-8 cannot be said. */
function canBeHeld(path: string): boolean {
  if (path.includes('\ufffd')) return false;
  try {
    const info = lstatSync(path, { throwIfNoEntry: false });
    return info?.isSymbolicLink() === false;
  } catch {
    return false; // it is below what is no folder by now
  }
}

/** The same where no thread may be started: who only decides has nothing else to do meanwhile. */
export function foreseenHere(place: CommandPlace): Promise<Foreseen> {
  const { leaves, fileBytes = SCAN_LIMITS.fileBytes } = place.covers;
  const survey = (root: string): Promise<Surveyed> =>
    Promise.resolve(surveyed(root, { ...SCAN_LIMITS, leaves, fileBytes }));
  return foreseen(place, survey, () => false);
}

/** Looks a folder through, as far as it says what would be covered. */
export function surveyed(root: string, limits: ScanLimits): Surveyed {
  const { isTooMuch, leftOut, linked, repositories } = scanTree(root, limits);
  const git = gitStandsIn(root, repositories, () => undefined);
  return { isTooMuch, repositories, linked, leftOut: [...leftOut, ...git.leftOut] };
}
