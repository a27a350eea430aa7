import type { Property } from '../../../core/audit/verdict.ts';

/** The first thing that is wrong with a log. */
export interface Bad {
  seq: number;
  property: Property;
  words: string;
}
