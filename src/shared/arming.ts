/** How long a card must have stood still before its approve buttons work, in milliseconds. */
export const SETTLE_MS = 800;

/** Looks further apart than this prove nothing about the time between them, in milliseconds. */
export const LOOK_GAP_MS = 500;

/** Why a person cannot be reading the card right now; `here` when nothing speaks against it. */
export type Presence = 'here' | 'answered' | 'unfocused' | 'out-of-view' | 'unread';

/** What one look at a card finds. */
export interface Sight {
  /** The question, with its digest. */
  readonly question: string;
  /** Where the buttons stand on the page. */
  readonly place: string;
  readonly presence: Presence;
}

/** Whether the approve buttons of a card work yet. Times are in milliseconds on a clock that never goes back. */
export type Arming =
  | { readonly kind: 'away'; readonly why: Exclude<Presence, 'here'> }
  | { readonly kind: 'settling'; readonly sight: Sight; readonly since: number; readonly seen: number }
  | { readonly kind: 'armed'; readonly sight: Sight; readonly seen: number };

/**
 * The next state after a look at the card. A card is armed only after an unbroken series of equal looks over
 * `SETTLE_MS`; any change starts the wait anew, so that a click meant for something else never approves.
 */
export function look(before: Arming | undefined, sight: Sight, now: number): Arming {
  if (sight.presence !== 'here') return { kind: 'away', why: sight.presence };
  if (before === undefined || before.kind === 'away' || !continues(before, sight, now)) {
    return { kind: 'settling', sight, since: now, seen: now };
  }
  if (before.kind === 'armed') return { ...before, seen: now };
  return now - before.since >= SETTLE_MS ? { kind: 'armed', sight, seen: now } : { ...before, seen: now };
}

function continues(before: Exclude<Arming, { kind: 'away' }>, sight: Sight, now: number): boolean {
  const pause = now - before.seen;
  return pause >= 0 && pause <= LOOK_GAP_MS && same(before.sight, sight);
}

function same(one: Sight, other: Sight): boolean {
  return one.question === other.question && one.place === other.place;
}
