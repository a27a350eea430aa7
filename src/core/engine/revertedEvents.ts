import type { NewEvent } from '../../shared/auditEvent.ts';
import type { AuditReader } from '../audit/port.ts';
import { readAction } from '../audit/storedAction.ts';
import { turnsOf, type ActionNode } from '../audit/tree.ts';
import type { ActionOf } from '../checkpoint/port.ts';

/** Reverts of reverts are followed so far. */
const MOST = 20;

/**
 * What is to be recorded with the actions that a revert was about, once it is done: what the first changed was put back
 * by the one action of run `by`; where that was a revert itself, what it had put back is restored, and so on.
 */
export async function revertedEvents(of: ActionOf, by: string, audit: AuditReader): Promise<NewEvent<'reverted'>[]> {
  const [own] = turnsOf(await audit.events(by)).flatMap(({ actions }) => actions);
  if (!own) return [];
  const events: NewEvent<'reverted'>[] = [];
  let at: ActionOf | undefined = of;
  for (let depth = 0; at && depth < MOST; depth += 1) {
    const { run, action }: ActionOf = at;
    const state = depth % 2 === 0 ? 'reverted' : 'restored';
    events.push({ type: 'reverted', run, action, data: { state, run: by, action: own.id } });
    const actions = turnsOf(await audit.events(run)).flatMap((turn) => turn.actions);
    at = putBackBy(actions.find(({ id }) => id === action));
  }
  return events;
}

/** What an action itself had put back, where it was a revert. */
function putBackBy(action: ActionNode | undefined): ActionOf | undefined {
  if (action?.tool !== 'revert_action') return undefined;
  const stored = readAction(action.events.findLast(({ type }) => type === 'proposed')?.payload);
  if (stored.kind !== 'action') return undefined;
  const { run, action: id } = stored.arguments;
  return typeof run === 'string' && typeof id === 'string' ? { run, action: id } : undefined;
}
