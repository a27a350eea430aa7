import type { CommandPlace, Undo } from '../../../core/checkpoint/port.ts';
import { SCAN_LIMITS, scanTree, type Scan } from './scan.ts';

/** What of a folder would not be covered. */
export type Surveyed = Pick<Scan, 'isTooMuch' | 'leftOut'>;

/** What undo will be able to do for whatever a command changes there. `isStandIn`: what stands for the sandbox's sake alone. */
export async function foreseen(
  { roots, shown, outside, canWrite }: CommandPlace,
  survey: (root: string) => Promise<Surveyed>,
  isStandIn: (path: string) => boolean,
): Promise<Undo> {
  const leftOut: string[] = [];
  for (const root of roots) {
    const found = await survey(root);
    if (found.isTooMuch) return { kind: 'none', why: 'too large' };
    const paths = found.leftOut.map((path) => `${root}/${path}`);
    leftOut.push(...paths.filter((path) => canWrite(path) && !isStandIn(path)).map(shown));
  }
  if (outside) leftOut.unshift('what it does outside the workspace');
  return leftOut.length === 0 ? { kind: 'whole' } : { kind: 'partly', leftOut };
}

/** The same where no thread may be started: who only decides has nothing else to do meanwhile. */
export function foreseenHere(place: CommandPlace): Promise<Undo> {
  const survey = (root: string): Promise<Surveyed> => Promise.resolve(scanTree(root, SCAN_LIMITS));
  return foreseen(place, survey, () => false);
}
