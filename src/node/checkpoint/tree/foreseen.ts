import type { CommandPlace, Foreseen } from '../../../core/checkpoint/port.ts';
import { gitStandsIn } from '../../git/stands.ts';
import { SCAN_LIMITS, scanTree, type Scan, type ScanLimits } from './scan.ts';

/** What of a folder would not be covered. */
export type Surveyed = Pick<Scan, 'isTooMuch' | 'leftOut' | 'repositories'>;

/** What undo will be able to do for whatever a command changes there. `isStandIn`: what stands for the sandbox's sake alone. */
export async function foreseen(
  { roots, shown, outside, canWrite }: CommandPlace,
  survey: (root: string) => Promise<Surveyed>,
  isStandIn: (path: string) => boolean,
): Promise<Foreseen> {
  const leftOut: string[] = [];
  const repositories: string[] = [];
  for (const root of roots) {
    const found = await survey(root);
    if (found.isTooMuch) return { undo: { kind: 'none', why: 'too large' }, repositories: [] };
    repositories.push(...found.repositories.map((path) => `${root}/${path}`));
    const paths = found.leftOut.map((path) => `${root}/${path}`);
    leftOut.push(...paths.filter((path) => canWrite(path) && !isStandIn(path)).map(shown));
  }
  if (outside) leftOut.unshift('what it does outside the workspace');
  return { undo: leftOut.length === 0 ? { kind: 'whole' } : { kind: 'partly', leftOut }, repositories };
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
  const { isTooMuch, leftOut, repositories } = scanTree(root, limits);
  const git = gitStandsIn(root, repositories, () => undefined);
  return { isTooMuch, repositories, leftOut: [...leftOut, ...git.leftOut] };
}
