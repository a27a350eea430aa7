import { originText, type Origin } from '../../shared/decision.ts';
import type { CheckItem } from '../../shared/checklist.ts';
import type { EffectivePolicy } from '../policy/merge.ts';
import type { Scope } from '../scope/scope.ts';
import type { Way } from '../../shared/wayWords.ts';
import type { ChecklistFacts } from './facts.ts';

/** How an item stands. `fix` and `command` only where something is to be done. */
export type Standing = Pick<CheckItem, 'state' | 'words'> &
  Partial<Pick<CheckItem, 'fix' | 'command'>> & { evidence?: readonly string[] };

/** One item of the checklist: what it is called, why it matters, and how it stands. */
export interface Check {
  id: string;
  title: string;
  why: string;
  judge: (facts: ChecklistFacts) => Standing;
}

interface Known {
  policy: EffectivePolicy;
  scope: Scope;
  way: Way;
}

/** One that rests on the policy: of a policy that is not valid nothing is known. */
export function ofPolicy(head: Omit<Check, 'judge'>, judge: (known: Known, facts: ChecklistFacts) => Standing): Check {
  return {
    ...head,
    judge: (facts) =>
      facts.policy.ok
        ? judge(facts.policy, facts)
        : {
            state: 'fail',
            words: 'The policy is not valid: nothing runs.',
            fix: facts.policy.words,
            command: OPEN_POLICY,
          },
  };
}

export const OPEN_POLICY = 'oversign.openUserPolicy';

export const pass = (words: string, evidence: readonly string[] = []): Standing => ({ state: 'pass', words, evidence });

/** Where a value comes from, as evidence. */
export function said({ path }: { path: string }, { value, origin }: { value: unknown; origin: Origin }): string {
  return `${path}: ${JSON.stringify(value)}, ${originText(origin)}`;
}
