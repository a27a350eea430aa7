import type { AuditRecord } from '../../shared/auditEvent.ts';
import type { ActionOutcome } from '../../shared/actionOutcome.ts';
import { changedBy, comparable, type Changed } from './changed.ts';
import { isOldChange } from './oldChange.ts';
import { isNotThePolicy, outcomeOf } from './outcome.ts';
import { whatRan } from './whatRan.ts';
import { answeredWords } from './who.ts';

export interface ActionNode {
  id: string;
  title: string;
  /** What ran, whole, where the title may not say all of it. */
  ran: string | undefined;
  tool: string;
  /** `open`: it has no end in the log. */
  outcome: ActionOutcome | 'open';
  /** How it ended if nobody is at work on it. */
  left: ActionOutcome;
  /** "allowed by workspace-read", "approved by you", "denied by you". */
  decidedBy: string;
  durationMs: number | undefined;
  /** It ran without any sandbox. */
  outside: boolean;
  /** What it changed; undefined where it could change nothing, or the log is of before there was a record of that. */
  changed: Changed | undefined;
  /** It changed a file, so that before and after can be compared. */
  changedFile: boolean;
  /** What it changed is known, path by path: a plan for its revert can be made. */
  canRevert: boolean;
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

/** A run's events as turns and actions. A turn with no action is left out. */
export function turnsOf(events: readonly AuditRecord[]): TurnNode[] {
  const byAction = new Map<string, AuditRecord[]>();
  for (const event of events)
    if (event.action !== undefined) byAction.set(event.action, [...(byAction.get(event.action) ?? []), event]);
  const turns = new Map<number, ActionNode[]>();
  for (const [id, own] of byAction) {
    const turn = own[0]?.turn ?? 0;
    turns.set(turn, [...(turns.get(turn) ?? []), actionNode(id, own)]);
  }
  return [...turns].map(([turn, actions]) => ({ turn, actions }));
}

function actionNode(id: string, events: AuditRecord[]): ActionNode {
  const last = (type: AuditRecord['type']): AuditRecord | undefined => events.findLast((event) => event.type === type);
  const proposed = last('proposed');
  const finished = last('finished');
  const tool = text(proposed?.data['tool']);
  const title = text(proposed?.payload?.['title']);
  const { outcome, left } = outcomeOf(events);
  const changed = changedBy(events);
  return {
    id,
    title: title === '' ? tool : title,
    ran: whatRan(proposed),
    tool,
    outcome,
    left,
    decidedBy: decidedBy(last('decided'), last('answered'), finished),
    durationMs: typeof finished?.data['durationMs'] === 'number' ? finished.data['durationMs'] : undefined,
    outside: last('started')?.data['outside'] === true,
    changed,
    changedFile: changed
      ? comparable(changed).length > 0
      : (outcome === 'done' || outcome === 'reverted') && isOldChange(tool, events),
    canRevert: changed?.isWhole === true && changed.unknown === 0 && changed.paths.length > 0,
    events,
  };
}

function decidedBy(
  decided: AuditRecord | undefined,
  answered: AuditRecord | undefined,
  finished: AuditRecord | undefined,
): string {
  const rule = text(decided?.data['rule']);
  const answer = answered && answeredWords(answered.data);
  if (answer !== undefined) return answer;
  switch (decided?.data['verdict']) {
    case 'allow':
      return `allowed by ${rule}`;
    case 'deny':
      return isNotThePolicy(rule) ? 'not possible' : `denied by ${rule}`;
    case 'ask':
      return `asked by ${rule}`;
    default:
      return finished?.data['cause'] === undefined ? 'not decided' : 'not possible';
  }
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
