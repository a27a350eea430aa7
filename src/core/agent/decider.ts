import type { AnsweredBy } from '../../shared/answered.ts';
import type { DecidedBy } from '../../shared/decidedBy.ts';
import type { Decision } from '../../shared/decision.ts';
import type { Entry } from '../../shared/runView.ts';

type ActionEntry = Extract<Entry, { kind: 'action' }>;

/** What decided, where nobody was asked. Empty where a person is to be. */
export function deciderOf({ verdict, grant, origin }: Pick<Decision, 'verdict' | 'grant' | 'origin'>): {
  decidedBy?: DecidedBy;
} {
  if (verdict === 'ask') return {};
  if (grant !== undefined) return { decidedBy: 'remembered' };
  return { decidedBy: origin.layer === 'built-in' ? 'built-in' : 'rule' };
}

/** Who answered, and what they said with it. */
export function answerOf({
  by,
  said,
}: {
  by: AnsweredBy['by'];
  said?: string | undefined;
}): Pick<ActionEntry, 'decidedBy' | 'said'> {
  return { decidedBy: by === 'person' ? 'you' : by, ...(said !== undefined && { said }) };
}
