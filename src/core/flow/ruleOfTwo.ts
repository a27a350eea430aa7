import type { Action } from '../../shared/action.ts';
import type { Flag, Flags } from '../../shared/flow.ts';
import type { Standing } from '../kinds/kind.ts';
import { kindOf } from '../kinds/table.ts';

const WORDS: Record<Flag, string> = {
  untrusted: 'it has read content that is not yours',
  private: 'it has touched private data',
  outward: 'it can change what no checkpoint keeps',
};

/**
 * The flags that an action lights (Meta, "Agents Rule of Two", 2025). `untrusted`: content comes back that is not in
 * the user's own folders. `private`: likely secrets, protected paths, or environment variables may be in it.
 * `outward`: it sends data out, or changes state beyond what checkpoints keep.
 */
export function labelsOf(action: Action, standing: Standing): Flag[] {
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

/** "Rule of Two: it has read content that is not yours and has touched private data; with this it could also …". */
export function ruleOfTwoReason(lit: Flags, labels: readonly Flag[]): string {
  const all = (Object.keys(WORDS) as Flag[]).filter((flag) => lightened(lit, labels)[flag]);
  return `after this, ${all.map((flag) => WORDS[flag]).join(', ')}: all three in one run always ask (Rule of Two)`;
}
