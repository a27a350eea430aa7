import type { StoppedBy } from '../shared/answered.ts';
import type { Json } from '../shared/json.ts';
import { Cancelled, Interruption, LimitReached } from './outcome.ts';

/** A run's work was ended from outside, and by what is known. */
export class Stopped extends Cancelled {
  override name = 'Stopped';
  readonly from: StoppedBy;

  constructor(reason: string, from: StoppedBy) {
    super(reason);
    this.from = from;
  }
}

/** What took a question back, as its answer is recorded. A person who stopped the run answered nothing. */
export function takenBackBy(why: Cancelled): { by: string } & Record<string, Json> {
  if (why instanceof Interruption) return { by: 'interruption' };
  if (why instanceof LimitReached) return { by: 'limit' };
  if (!(why instanceof Stopped)) return { by: 'cancelled' };
  return why.from.by === 'person' ? { ...why.from, by: 'cancelled' } : { ...why.from };
}
