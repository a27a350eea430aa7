import type { Indexes } from './gitLooks.ts';
import type { PassedOver, Tree } from './stood.ts';

/** One folder of a view: a workspace folder, or the run's own /tmp or home folder. */
export interface ViewPlace {
  /** Where commands have it. */
  path: string;
  /** The real one. */
  lower: string;
  isPassedOver: PassedOver;
  /** How the real one stood before the command. */
  before: Tree;
  /** What git's indexes in it said then. */
  indexes: Indexes;
}
