import type { Verdict } from '../../../shared/decision.ts';
import type { Left } from './left.ts';
import type { Replayed } from './replayRun.ts';

/** What a difference means for whoever works: something done would be stopped, asked, or let through unasked. */
export type Difference = 'stopped' | 'denied' | 'asked' | 'asked instead of denied' | 'allowed';

/** How much was decided, then and now, over the same decisions: those that can be taken anew. */
export interface Counts {
  runs: number;
  decisions: number;
  /** Questions to a person. */
  asked: { then: number; now: number };
  denied: { then: number; now: number };
  /** Done then, and would be denied now. */
  stopped: number;
  /** Asked or denied then, and would be allowed now without a question; or denied then and asked now. */
  looser: number;
  /** Allowed then, and would be asked; or asked then and denied now, or allowed and denied, whether it was done or not. */
  stricter: number;
  /** Commands whose scripts are not as they were: decided as they are recorded. */
  otherScripts: number;
}

const STRICTNESS: Record<Verdict, number> = { allow: 0, ask: 1, deny: 2 };

/** The difference between a past decision and the one now; undefined where both say the same. */
export function differenceOf({ past, now }: Pick<Replayed, 'past' | 'now'>): Difference | undefined {
  // What was asked and taken back to be decided anew has its decision after that.
  if (!now || past.isOutdated || now.verdict === past.was.verdict) return undefined;
  switch (now.verdict) {
    case 'deny':
      return past.isStarted ? 'stopped' : 'denied';
    case 'ask':
      return past.was.verdict === 'deny' ? 'asked instead of denied' : 'asked';
    case 'allow':
      return 'allowed';
  }
}

/** Counts decisions, one at a time. */
export class Tally {
  readonly counts: Counts = {
    ...{ runs: 0, decisions: 0, stopped: 0, looser: 0, stricter: 0, otherScripts: 0 },
    ...{ asked: { then: 0, now: 0 }, denied: { then: 0, now: 0 } },
  };
  readonly left = new Map<Left, number>();

  run(): void {
    this.counts.runs += 1;
  }

  leave(why: Left, count = 1): void {
    this.left.set(why, (this.left.get(why) ?? 0) + count);
  }

  add(replayed: Replayed): void {
    const { past, now, left } = replayed;
    if (past.isOutdated) return;
    if (left) this.leave(left);
    if (!now) return;
    const { counts } = this;
    counts.decisions += 1;
    if (replayed.hasOtherScripts) counts.otherScripts += 1;
    const was = past.was.verdict;
    if (past.isAsked) counts.asked.then += 1;
    // One that was approved with an edit, or whose run was stopped first, was put to nobody.
    if (now.verdict === 'ask' && (was !== 'ask' || past.isAsked)) counts.asked.now += 1;
    if (was === 'deny') counts.denied.then += 1;
    if (now.verdict === 'deny') counts.denied.now += 1;
    if (now.verdict === 'deny' && past.isStarted) counts.stopped += 1;
    if (STRICTNESS[now.verdict] < STRICTNESS[was]) counts.looser += 1;
    if (STRICTNESS[now.verdict] > STRICTNESS[was]) counts.stricter += 1;
  }

  get leftOut(): number {
    return [...this.left.values()].reduce((sum, count) => sum + count, 0);
  }
}
