import type { PlaceOf, StoppedBy } from '../shared/answered.ts';
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

/** A person takes a run over, at another window or terminal: here nothing of it goes on, there it does. */
export class HandedOver extends Interruption {
  override name = 'HandedOver';
  readonly from: PlaceOf;

  constructor(reason: string, from: PlaceOf) {
    super(reason);
    this.from = from;
  }
}

/** A question is taken back because what it was about is not as it was shown any more; nobody answered it. */
export class Outdated extends Cancelled {
  override name = 'Outdated';
}

/** What took a question back, as its answer is recorded: with `cancelled`, a person who stopped the run, if it says where. */
type TakenBack = Omit<StoppedBy, 'by'> & {
  by: Exclude<StoppedBy['by'], 'person'> | 'cancelled' | 'limit' | 'interruption' | 'outdated';
};

/** A person who stopped the run answered nothing. */
export function takenBackBy(why: Cancelled): TakenBack {
  if (why instanceof Interruption) return { by: 'interruption' };
  if (why instanceof Outdated) return { by: 'outdated' };
  if (why instanceof LimitReached) return { by: 'limit' };
  if (!(why instanceof Stopped)) return { by: 'cancelled' };
  const { by } = why.from;
  return { ...why.from, by: by === 'person' ? 'cancelled' : by };
}
