import type { Approval } from './approval.ts';
import { look, type Arming, type Presence } from './arming.ts';
import type { BlockOf } from './block.ts';
import { exact } from './visible.ts';

/** Characters of a line that a diff view of two columns surely has room for, where it does not wrap lines. */
const MOST_COLUMNS = 60;

/** Lines of a change, counted from 0: in the text as it is, and in the text as it would be. */
export interface LinesToSee {
  readonly before: readonly number[];
  readonly after: readonly number[];
}

/**
 * What the editor's diff view must have shown before an approval can be given there; undefined where it cannot show all
 * that the card has: then the card is where it is approved.
 */
export function seenInDiff(approval: Approval, wraps: boolean): LinesToSee | undefined {
  const { card, consequence, askedAgain, lights } = approval;
  const [block, ...others] = card.blocks;
  if (block?.kind !== 'diff' || others.length > 0 || block.unseen.lines > 0 || block.unsaved) return undefined;
  if (consequence !== undefined || askedAgain !== undefined || lights.length > 0) return undefined;
  return linesOf(block, wraps);
}

/** Of a unified diff; undefined where it does not have all of it, or a line that would not be seen whole. */
function linesOf({ diff, added, removed }: BlockOf<'diff'>, wraps: boolean): LinesToSee | undefined {
  const [before, after]: [number[], number[]] = [[], []];
  let at: { before: number; after: number } | undefined;
  for (const line of diff.split('\n')) {
    const [, first, second] = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/.exec(line) ?? [];
    if (first !== undefined) at = { before: Math.max(0, Number(first) - 1), after: Math.max(0, Number(second) - 1) };
    else if (at) {
      const sign = line[0];
      if (sign !== '+' && sign !== '-' && sign !== ' ') continue;
      const isChanged = sign !== ' ';
      if (isChanged && (exact(line) !== line || /\\u\{/.test(line) || (!wraps && line.length > MOST_COLUMNS)))
        return undefined;
      if (sign === '+') after.push(at.after);
      if (sign === '-') before.push(at.before);
      if (sign !== '+') at.before += 1;
      if (sign !== '-') at.after += 1;
    }
  }
  return after.length === added && before.length === removed && added + removed > 0 ? { before, after } : undefined;
}

/** A stretch of lines that is in sight, ends included. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** What a diff view shows now. */
export interface DiffShown {
  /** The question, with its digest, and where it stands. */
  readonly question: string;
  readonly place: string;
  /** The window has the focus, and the diff is in front. */
  readonly isLookedAt: boolean;
  readonly before: readonly Stretch[];
  readonly after: readonly Stretch[];
}

/** Whether an approval may be given where its diff is shown: as on the card, after all of it was in sight and it stood still. */
export class DiffSight {
  readonly #toSee: LinesToSee;
  readonly #seen = { before: new Set<number>(), after: new Set<number>() };
  #arming: Arming | undefined;

  constructor(toSee: LinesToSee) {
    this.#toSee = toSee;
  }

  /** Looks, and says whether it is armed. `now`: milliseconds of a clock that never goes back. */
  look({ question, place, isLookedAt, before, after }: DiffShown, now: number): boolean {
    if (isLookedAt) {
      this.#note('before', before);
      this.#note('after', after);
    }
    const left = (['before', 'after'] as const).some((side) =>
      this.#toSee[side].some((line) => !this.#seen[side].has(line)),
    );
    const presence: Presence = !isLookedAt ? 'unfocused' : left ? 'unread' : 'here';
    this.#arming = look(this.#arming, { question, place, presence }, now);
    return this.#arming.kind === 'armed';
  }

  #note(side: 'before' | 'after', shown: readonly Stretch[]): void {
    for (const line of this.#toSee[side])
      if (shown.some(({ from, to }) => from <= line && line <= to)) this.#seen[side].add(line);
  }
}
