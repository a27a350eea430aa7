import type { UnfinishedWrites } from './unfinishedWrites.ts';

/** What its process has beside the workspace. */
export interface BesideFiles {
  /** What stands somewhere for the sandbox's sake alone, and is not listed. */
  isStandIn(path: string): boolean;
  unfinished: Pick<UnfinishedWrites, 'begin' | 'apart'>;
}

/** For whoever only looks. */
export const ONLY_LOOKS: BesideFiles = {
  isStandIn: () => false,
  unfinished: {
    begin: () => {
      throw new Error('nothing is written here');
    },
    apart: () => {
      throw new Error('nothing is written here');
    },
  },
};
