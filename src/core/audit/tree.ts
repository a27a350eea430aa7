import type { AuditRecord } from '../../shared/auditEvent.ts';
import type { TreeAction } from '../../shared/treeAction.ts';
import { changedBy, comparable, type Changed } from './changed.ts';
import { isOldChange } from './oldChange.ts';
import { decidedBy, shortDecision, type DecidedFrom } from './decisionWords.ts';
import { changedArguments, editIn } from './changedArguments.ts';
import { outcomeOf } from './outcome.ts';
import { whatRan } from './whatRan.ts';
import { lastAnswer } from './who.ts';

export interface ActionNode extends TreeAction {
  /** What the agent had asked for, where a person has changed it: each argument of that, as it had it. */
  editedFrom: { name: string; from: string }[] | undefined;
  /** What it changed; undefined where it could change nothing, or the log is of before there was a record of that. */
  changed: Changed | undefined;
  events: AuditRecord[];
}

export interface TurnNode {
  turn: number;
  actions: ActionNode[];
}

/** A turn as it is listed, without its events. */
export interface ListedTurn {
  turn: number;
  actions: Omit<ActionNode, 'events'>[];
}

export function listed(turns: readonly TurnNode[]): ListedTurn[] {
  return turns.map(({ turn, actions }) => ({ turn, actions: actions.map(({ events: _, ...action }) => action) }));
}

/**
 * A run's events as turns and actions. A turn with no action is left out. Actions stand in the order of their reply: those
 * that ask are put to a person before others of it are done.
 */
export function turnsOf(events: readonly AuditRecord[]): TurnNode[] {
  const byAction = new Map<string, AuditRecord[]>();
  for (const event of events)
    if (event.action !== undefined) byAction.set(event.action, [...(byAction.get(event.action) ?? []), event]);
  const turns = new Map<number, ActionNode[]>();
  for (const [id, own] of byAction) {
    const turn = own[0]?.turn ?? 0;
    turns.set(turn, [...(turns.get(turn) ?? []), actionNode(id, own)]);
  }
  return [...turns].map(([turn, actions]) => ({ turn, actions: actions.toSorted((a, b) => placeOf(a) - placeOf(b)) }));
}

/** Which call of its reply an action is; 0 where that is not recorded. */
function placeOf({ events }: ActionNode): number {
  const place = events.find(({ type }) => type === 'proposed')?.data['call'];
  return typeof place === 'number' ? place : 0;
}

function actionNode(id: string, events: AuditRecord[]): ActionNode {
  const last = (type: AuditRecord['type']): AuditRecord | undefined => events.findLast((event) => event.type === type);
  const proposed = last('proposed');
  const finished = last('finished');
  const tool = text(proposed?.data['tool']);
  const title = text(proposed?.payload?.['title']);
  const { outcome, left } = outcomeOf(events);
  const changed = changedBy(events);
  const from: DecidedFrom = { decided: last('decided'), answered: lastAnswer(events), finished, proposed };
  const said = text(from.answered?.payload?.['reason']);
  return {
    id,
    title: title === '' ? tool : title,
    ran: whatRan(proposed),
    editedFrom: editedFrom(proposed),
    tool,
    outcome,
    left,
    decision: shortDecision(from),
    decidedBy: decidedBy(from),
    said: said === '' ? undefined : said,
    durationMs: typeof finished?.data['durationMs'] === 'number' ? finished.data['durationMs'] : undefined,
    outside: last('started')?.data['outside'] === true,
    changed,
    changedFile: changed
      ? comparable(changed).length > 0
      : (outcome === 'done' || outcome === 'reverted') && isOldChange(tool, events),
    canRevert: changed !== undefined && isListed(changed) && changed.unknown === 0 && changed.paths.length > 0,
    events,
  };
}

/** Of a record that was cut, or is of before there was such a field, nothing is guessed. */
function editedFrom(proposed: AuditRecord | undefined): ActionNode['editedFrom'] {
  if (proposed?.data['editedBy'] !== 'person') return undefined;
  const edit = editIn(proposed.payload);
  return edit ? changedArguments(edit.from, edit.to).map(({ name, from }) => ({ name, from })) : [];
}

/** Whether all that it changed is listed: in the log, or beside it. */
function isListed({ isWhole, list }: Changed): boolean {
  return isWhole || list !== undefined;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
