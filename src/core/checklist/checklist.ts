import type { CheckItem } from '../../shared/checklist.ts';
import type { Check } from './check.ts';
import { EVIDENCE_CHECKS } from './evidenceChecks.ts';
import type { ChecklistFacts } from './facts.ts';
import { PLACE_CHECKS } from './placeChecks.ts';
import { POLICY_CHECKS } from './policyChecks.ts';

/** Every item of the security checklist, in the order in which people see them. */
export const CHECKS: readonly Check[] = [...PLACE_CHECKS, ...POLICY_CHECKS, ...EVIDENCE_CHECKS];

/** THE checklist, for the editor's view, its chip and `oversign doctor`: each item as it stands by these facts. */
export function checklistOf(facts: ChecklistFacts): CheckItem[] {
  return CHECKS.map(({ id, title, why, judge }) => {
    const { state, words, fix, command, evidence = [] } = judge(facts);
    return {
      ...{ id, title, state, words, why, evidence: [...evidence] },
      ...(fix !== undefined && fix !== '' && { fix }),
      ...(command !== undefined && { command }),
    };
  });
}
