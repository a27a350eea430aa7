import type { AuditRecord } from '../../shared/auditEvent.ts';
import { isJsonObject } from '../../shared/json.ts';
import type { Entry } from '../../shared/runView.ts';
import { exact } from '../../shared/visible.ts';
import { turnsOf, type ActionNode } from '../audit/tree.ts';
import { answeredWords } from '../audit/who.ts';
import { shownOutput, shownReply } from './shownText.ts';

/** What the log says of a run that goes on. */
export interface Past {
  entries: Entry[];
  questions: number;
}

/** What a run says in place of a message where nobody said one. */
export const RESUMED = '(resumed)';

/**
 * The transcript of an earlier part of a run: what its log says, and nothing else. Where the log does not say, that is
 * said. `events`: those of the run, in their order.
 */
export function pastOf(events: readonly AuditRecord[]): Past {
  const actions = new Map(turnsOf(events).flatMap((turn) => turn.actions.map((action) => [action.id, action])));
  const entries: Entry[] = [];
  if (events.length === 0) entries.push(warning('The log has nothing of this run: what happened in it is not shown.'));
  else if (!events.some(({ type }) => type === 'run_started'))
    entries.push(warning('The log does not have the beginning of this run: what happened before this is not shown.'));
  for (const event of events) {
    const action = event.action === undefined ? undefined : actions.get(event.action);
    if (action) {
      actions.delete(action.id); // where it was first spoken of
      entries.push(actionEntry(action));
    } else if (event.action === undefined) entries.push(...runEntries(event));
  }
  return { entries, questions: events.filter(({ type }) => type === 'asked').length };
}

function runEntries(event: AuditRecord): Entry[] {
  const { type, data, payload } = event;
  switch (type) {
    case 'run_started':
    case 'run_continued': {
      if (payload?.['task'] === RESUMED) return [{ kind: 'notice', level: 'info', text: 'The run went on from here.' }];
      return [said(payload?.['task'])];
    }
    case 'message':
      return [said(payload?.['text'])];
    case 'model_replied': {
      const text = payload?.['text'];
      if (typeof text !== 'string') return [gone('What the model said here')];
      return text === ''
        ? []
        : [shownReply(text, { streaming: false, turn: event.turn ?? 0, length: lengthOf(event, 'text') })];
    }
    case 'run_finished':
      if (data['state'] === 'finished') return [];
      return [
        data['state'] === 'failed'
          ? { kind: 'notice', level: 'error', text: reasonOf(payload?.['reason'], 'The run failed.') }
          : warning(reasonOf(payload?.['reason'], 'The run was stopped.')),
      ];
    case 'interrupted':
      return [warning(`Interrupted: ${reasonOf(data['reason'], 'its process was gone')}`)];
    case 'notice':
      return typeof payload?.['words'] === 'string' ? [{ kind: 'notice', level: 'info', text: payload['words'] }] : [];
    case 'left_behind': {
      const words = payload?.['words'];
      return Array.isArray(words)
        ? words.map((one) => warning(`A command was broken off: ${typeof one === 'string' ? one : ''}`))
        : [];
    }
    default:
      return [];
  }
}

function actionEntry(action: ActionNode): Entry {
  const { id, tool, title, ran, left, events } = action;
  const last = (type: AuditRecord['type']): AuditRecord | undefined => events.findLast((event) => event.type === type);
  const verdict = last('decided')?.data['verdict'];
  const why = whyOf(last('decided'), last('answered'));
  const finished = last('finished');
  const output = finished?.payload?.['output'];
  return {
    kind: 'action',
    ...{ id, tool, title, status: left },
    ...(ran !== undefined && !title.includes(exact(ran.trim())) && { ran }),
    ...((verdict === 'allow' || verdict === 'ask' || verdict === 'deny') && { verdict }),
    ...(why !== '' && { why }),
    ...(finished && typeof output === 'string' && shownOutput(output, lengthOf(finished, 'output'))),
  };
}

/** Of all of a text that may have been cut where it was read. */
function lengthOf({ payload }: AuditRecord, key: 'output' | 'text'): number {
  const lengths = payload?.['lengths'];
  const length = isJsonObject(lengths) ? lengths[key] : undefined;
  const text = payload?.[key];
  return typeof length === 'number' ? length : typeof text === 'string' ? text.length : 0;
}

/** Why it was decided so, and who answered. */
function whyOf(decided: AuditRecord | undefined, answered: AuditRecord | undefined): string {
  const decision = decided?.payload?.['decision'];
  const reason = typeof decision === 'object' && decision !== null && 'reason' in decision ? decision['reason'] : '';
  const answer = answered && answeredWords(answered.data);
  return [typeof reason === 'string' ? reason : '', answer ?? ''].filter((words) => words !== '').join(' – ');
}

function said(text: unknown): Entry {
  return typeof text === 'string' ? { kind: 'user', text } : gone('What was said here');
}

function gone(what: string): Entry {
  return warning(`${what} was erased, or cannot be read any more.`);
}

function warning(text: string): Entry {
  return { kind: 'notice', level: 'warning', text };
}

function reasonOf(reason: unknown, otherwise: string): string {
  return typeof reason === 'string' && reason !== '' ? reason : otherwise;
}
