import type { AuditRecord } from '../../shared/auditEvent.ts';
import { isNotThePolicy } from './outcome.ts';
import { answeredWords } from './who.ts';

/** What an action's decision is read from, as far as the log has it. */
export interface DecidedFrom {
  decided: AuditRecord | undefined;
  answered: AuditRecord | undefined;
  finished: AuditRecord | undefined;
  proposed: AuditRecord | undefined;
}

/** Who or what decided, whole: "allowed by workspace-read", "approved by you in the window “app”". */
export function decidedBy({ decided, answered, finished, proposed }: DecidedFrom): string {
  const answer = answered && answeredWords(answered.data);
  const rule = ruleOf(decided);
  const isEdited = proposed?.data['editedBy'] === 'person';
  if (answer !== undefined && isByEdit(answered)) {
    if (!isEdited) return `waits for an answer (${rule})`; // what it was changed to could not be
    return decided?.data['verdict'] === 'allow'
      ? `${answer}, allowed by ${rule}`
      : answer.replace(/^changed/, 'changed and approved');
  }
  if (answer !== undefined) return isEdited ? answer.replace(/^approved/, 'changed and approved') : answer;
  switch (decided?.data['verdict']) {
    case 'allow':
      return rule === 'grant' ? 'remembered' : `allowed by ${rule}`;
    case 'deny':
      return isNotThePolicy(rule) ? 'not possible' : `denied by ${rule}`;
    case 'ask':
      return `waits for an answer (${rule})`;
    default:
      return finished?.data['cause'] === undefined ? 'not decided' : 'not possible';
  }
}

/** The same in a word or two, as it stands before the title of what was decided. */
export function shortDecision({ decided, answered, finished, proposed }: DecidedFrom): string {
  const isEdited = proposed?.data['editedBy'] === 'person';
  if (answered && isByEdit(answered)) return isEdited ? 'You changed' : 'Waits';
  if (answered && answeredWords(answered.data) !== undefined)
    return isEdited && answered.data['choice'] !== 'deny' ? 'You changed' : shortAnswer(answered.data);
  switch (decided?.data['verdict']) {
    case 'allow':
      return ruleOf(decided) === 'grant' ? 'Remembered' : 'Allowed';
    case 'deny':
      return isNotThePolicy(ruleOf(decided)) ? 'Not possible' : 'Denied';
    case 'ask':
      return 'Waits';
    default:
      return finished?.data['cause'] === undefined ? 'Not decided' : 'Not possible';
  }
}

/** What a person changed was approved with the change, where it could be. */
function isByEdit(answered: AuditRecord | undefined): boolean {
  return answered?.data['choice'] === 'approve-edited';
}

function shortAnswer({ choice, by }: AuditRecord['data']): string {
  if (choice === 'save-first') return 'You saved';
  if (choice === 'show-effects') return 'Effects first';
  if (choice === 'apply') return 'You applied';
  switch (by) {
    case 'person':
      return choice === 'deny' ? 'You denied' : 'You approved';
    case 'input':
      return choice === 'deny' ? 'Denied' : 'Approved';
    case 'nobody':
      return 'Denied';
    default:
      return 'Not answered';
  }
}

function ruleOf(decided: AuditRecord | undefined): string {
  const rule = decided?.data['rule'];
  return typeof rule === 'string' ? rule : '';
}
