import type { Action } from '../../shared/action.ts';
import type { Until } from '../../shared/approval.ts';
import type { GrantListing } from '../../shared/runView.ts';
import type { Offer, Place } from '../kinds/kind.ts';
import { kindOf } from '../kinds/table.ts';
import type { GrantView } from '../policy/facts.ts';

/**
 * What an approval of this action could be remembered for, narrowest first; empty where nothing is offered. Each is
 * proven to cover the action that it came from before anyone sees it.
 */
export function offersFor(action: Action, place: Place): Offer[] {
  return kindOf(action)
    .offers(action, place)
    .filter(({ covers }) => covers(action));
}

interface Given extends Offer {
  until: Until;
  /** Milliseconds of the run's clock. */
  ends: number | undefined;
  uses: number;
}

/** The grants of one run. None outlives it. */
export class GrantBook {
  readonly #given = new Map<string, Given>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  give(id: string, offer: Offer, until: Until): void {
    const ends = until.kind === 'minutes' ? this.#now() + until.minutes * 60_000 : undefined;
    this.#given.set(id, { ...offer, id, until, ends, uses: 0 });
  }

  /** Takes a grant back; false when there is none of this id. */
  revoke(id: string): boolean {
    return this.#given.delete(id);
  }

  /** A call was decided by this grant and is about to happen. */
  used(id: string): void {
    const given = this.#given.get(id);
    if (given) given.uses += 1;
  }

  /** Those that still count, for deciding. */
  views(): GrantView[] {
    return this.#alive().map(({ id, covers, isBroad, words, until }) => ({
      id,
      words: `${words}, ${untilWords(until)}`,
      isBroad,
      covers,
    }));
  }

  list(): GrantListing[] {
    return this.#alive().map(({ id, words, until, uses }) => ({ id, words: `${words}, ${untilWords(until)}`, uses }));
  }

  #alive(): Given[] {
    const now = this.#now();
    for (const [id, { ends, until, uses }] of this.#given)
      if ((ends !== undefined && now >= ends) || (until.kind === 'uses' && uses >= until.uses)) this.#given.delete(id);
    return [...this.#given.values()];
  }
}

export function untilWords(until: Until): string {
  switch (until.kind) {
    case 'run':
      return 'for this run';
    case 'minutes':
      return until.minutes === 1 ? 'for one minute' : `for ${until.minutes} minutes`;
    case 'uses':
      return until.uses === 1 ? 'one more time' : `${until.uses} more times`;
  }
}

/** What `untilWords` said; undefined where it says something else. */
export function untilSaid(words: string): Until | undefined {
  if (words === 'for this run') return { kind: 'run' };
  if (words === 'for one minute') return { kind: 'minutes', minutes: 1 };
  if (words === 'one more time') return { kind: 'uses', uses: 1 };
  const minutes = /^for (\d{1,9}) minutes$/.exec(words)?.[1];
  if (minutes !== undefined) return { kind: 'minutes', minutes: Number(minutes) };
  const uses = /^(\d{1,9}) more times$/.exec(words)?.[1];
  return uses === undefined ? undefined : { kind: 'uses', uses: Number(uses) };
}
