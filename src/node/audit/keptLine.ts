import { readAction } from '../../core/audit/storedAction.ts';
import { kindOfStored } from '../../core/kinds/table.ts';
import type { StoredPayload } from '../../shared/auditEvent.ts';

/**
 * The command line of an action, which is kept whole where what is around it is cut, or not kept at all: what ran is to
 * be read in the record to its last character, whatever a run has written before or a line has named beside it.
 */
export function keptLine(payload: StoredPayload): { ran?: string } {
  const stored = readAction(payload);
  const line = stored.kind === 'action' ? kindOfStored(stored).ran(stored) : undefined;
  return line === undefined ? {} : { ran: line };
}
