import type { AuditRecord } from '../../shared/auditEvent.ts';
import type { ActionOutcome } from '../../shared/actionOutcome.ts';
import { NO_CALL_CAUSES } from '../../shared/noCall.ts';
import { wasTakenBack } from './who.ts';

/** How an action stands in the log: its end, or `open`, with how it ended if nobody is at work on it any more. */
export type ActionStand =
  { outcome: ActionOutcome; left: ActionOutcome } | { outcome: 'open'; left: 'interrupted' | 'unknown' };

/** Earlier versions recorded calls that were none, or not possible, as denied by these rules. */
const NOT_THE_POLICY: ReadonlySet<unknown> = new Set(NO_CALL_CAUSES);

export function isNotThePolicy(rule: unknown): boolean {
  return NOT_THE_POLICY.has(rule);
}

/** THE reader of how an action ended, from its events alone: nothing is done without a `finished` that says so. */
export function outcomeOf(events: readonly AuditRecord[]): ActionStand {
  let outcome: ActionOutcome | 'open' = 'open';
  let hasBegun = false;
  for (const { type, data } of events) {
    switch (type) {
      case 'proposed':
        outcome = 'open';
        break;
      case 'decided':
        if (data['verdict'] !== 'deny') outcome = 'open';
        else outcome = isNotThePolicy(data['rule']) ? 'failed' : 'denied';
        break;
      case 'answered':
        if (wasTakenBack(data['by']) || data['by'] === 'interruption') outcome = 'unanswered';
        else outcome = data['choice'] === 'deny' ? 'denied' : 'open';
        break;
      case 'started':
        hasBegun = true;
        outcome = 'open';
        break;
      case 'interrupted':
        if (hasBegun || data['effect'] === 'may have happened') outcome = 'unknown';
        else if (outcome !== 'unanswered') outcome = 'interrupted';
        break;
      case 'finished':
        outcome = ended(data['status']);
        break;
      case 'reverted':
        outcome = data['state'] === 'reverted' ? 'reverted' : 'done';
        break;
      default:
        break;
    }
  }
  return outcome === 'open' ? { outcome, left: hasBegun ? 'unknown' : 'interrupted' } : { outcome, left: outcome };
}

function ended(status: unknown): ActionOutcome {
  return status === 'done' || status === 'denied' || status === 'cancelled' ? status : 'failed';
}
