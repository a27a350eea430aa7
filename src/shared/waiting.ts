import type { PanelHead } from './runView.ts';

/** Everything that waits for a person's word, whoever counts it. */
export function waitingIn({
  approvals,
  questions = [],
  limit,
}: Pick<PanelHead, 'approvals' | 'questions' | 'limit'>): number {
  return approvals.length + questions.length + (limit ? 1 : 0);
}
