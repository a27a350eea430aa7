import type { Action } from '../../shared/action.ts';
import type { Flag, Flags } from '../../shared/flow.ts';
import type { Standing } from '../kinds/kind.ts';
import { kindOf } from '../kinds/table.ts';

/** What is so of a run of which a flag is lit, and of one that the action in question lights. */
const WORDS: Record<Flag, { lit: string; now: string }> = {
  untrusted: { lit: 'has read files', now: 'would now read files' },
  private: { lit: 'may have seen secrets', now: 'could now see secrets' },
  outward: { lit: 'could change things for good', now: 'could now change things for good' },
};

/**
 * The flags that an action lights (Meta, "Agents Rule of Two", 2025). `untrusted`: content comes back that is not in
 * the user's own folders. `private`: likely secrets, protected paths, or environment variables may be in it.
 * `outward`: it sends data out, or changes state beyond what checkpoints keep.
 */
export function labelsOf(action: Action, standing: Omit<Standing, 'way'>): Flag[] {
  return kindOf(action).labels(action, standing);
}

/** Whether an action would light the third flag: then it always asks. */
export function wouldLightThird(lit: Flags, labels: readonly Flag[]): boolean {
  const after = lightened(lit, labels);
  const count = (flags: Flags): number => Object.values(flags).filter(Boolean).length;
  return count(lit) < 3 && count(after) === 3;
}

export function lightened(lit: Flags, labels: readonly Flag[]): Flags {
  return {
    untrusted: lit.untrusted || labels.includes('untrusted'),
    private: lit.private || labels.includes('private'),
    outward: lit.outward || labels.includes('outward'),
  };
}

/** "Careful: this run has read files, may have seen secrets, and could now change things for good (Rule of Two)." */
export function ruleOfTwoReason(lit: Flags, labels: readonly Flag[]): string {
  const all = (Object.keys(WORDS) as Flag[]).filter((flag) => lightened(lit, labels)[flag]);
  // What is new comes last.
  const [third = '', ...others] = all
    .toSorted((a, b) => Number(lit[b]) - Number(lit[a]))
    .map((flag) => (lit[flag] ? WORDS[flag].lit : WORDS[flag].now))
    .reverse();
  return `Careful: this run ${others.reverse().join(', ')}, and ${third} (Rule of Two).`;
}

/** Whether a reason, of now or of a record, is that of the Rule of Two: no rule and no grant answers it. */
export function speaksOfRuleOfTwo(reason: string): boolean {
  return /\(Rule of Two\)\.$/.test(reason);
}
