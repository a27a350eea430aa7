import type { AuditRecord } from '../../shared/auditEvent.ts';
import { ANSWERERS } from '../../shared/answered.ts';
import { DecisionSchema } from '../../shared/decision.ts';
import { isJsonObject } from '../../shared/json.ts';
import { PlanSchema, type Plan } from '../../shared/plan.ts';
import type { Entry } from '../../shared/runView.ts';
import { exact } from '../../shared/visible.ts';
import { WaySchema } from '../../shared/way.ts';
import { wayChangedWords, type Way } from '../../shared/wayWords.ts';
import { readAction } from '../audit/storedAction.ts';
import { turnsOf, type ActionNode } from '../audit/tree.ts';
import { questionsOf } from '../audit/questions.ts';
import { answeredWords, lastAnswer } from '../audit/who.ts';
import { readInstructions } from '../briefing/instructions.ts';
import { answerOf, deciderOf } from './decider.ts';
import type { Spent } from './runUsage.ts';
import { forkWords } from '../audit/forkWords.ts';
import { shownOutput, shownReply } from './shownText.ts';
import { RESUMED, spokenIn, type Spoken } from './spokenInLog.ts';

/** What the log says of a run that goes on. */
export interface Past {
  entries: Entry[];
  /** How often a person has spoken in it. */
  spoken: number;
  questions: number;
  /** The steps of the plan that was told last. */
  plan: Plan;
  /** Tokens and cost, as they were recorded. */
  spent: Spent;
  /** In which way it worked last; undefined where the log does not say. */
  way: Way | undefined;
}

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
  const spoken = new Map(spokenIn(events).map((one) => [one.seq, one]));
  for (const event of events) {
    const said = spoken.get(event.seq);
    if (said?.isWithdrawn === true) continue; // the model was never told it
    const action = event.action === undefined ? undefined : actions.get(event.action);
    if (action) {
      actions.delete(action.id); // where it was first spoken of
      entries.push(actionEntry(action));
    } else if (event.action === undefined) entries.push(...(said ? [spokenEntry(said, event.run)] : runEntries(event)));
  }
  const questions = questionsOf(events).asked;
  return {
    entries,
    ...{ spoken: spoken.size, questions, plan: planIn(events), spent: spentIn(events), way: wayIn(events) },
  };
}

function planIn(events: readonly AuditRecord[]): Plan {
  const told = events.findLast(({ type, data }) => type === 'proposed' && data['effect'] === 'plan');
  const stored = readAction(told?.payload);
  const steps = stored.kind === 'action' ? PlanSchema.safeParse(stored.arguments['plan']) : undefined;
  return steps?.data ?? [];
}

/** A policy's tightening is of that policy: what was chosen before counts again where it is open again. */
function wayIn(events: readonly AuditRecord[]): Way | undefined {
  const said = events.findLast(
    ({ type, data }) =>
      ['run_started', 'run_continued'].includes(type) || (type === 'way_changed' && data['by'] === 'person'),
  );
  return WaySchema.safeParse(said?.data['way']).data;
}

/** Whatever kind of event tells of a request, it says by these names what that used. */
const USED = ['inputTokens', 'outputTokens', 'usedTokens'];

function spentIn(events: readonly AuditRecord[]): Spent {
  const sum = (names: readonly string[]): number =>
    events.reduce((all, { data }) => names.reduce((own, name) => own + numberIn(data[name]), all), 0);
  return { tokens: sum(USED), cost: sum(['cost']) / 1_000_000 };
}

function numberIn(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}

function runEntries(event: AuditRecord): Entry[] {
  const { type, data, payload } = event;
  switch (type) {
    case 'run_started':
    case 'run_continued':
      return payload?.['task'] === RESUMED
        ? [{ kind: 'notice', level: 'info', text: 'The run went on from here.' }]
        : [];
    case 'forked':
      return [{ kind: 'notice', level: 'info', text: forkWords(data) }];
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
    case 'way_changed': {
      const way = WaySchema.safeParse(data['way']).data;
      if (way === undefined) return [];
      const who = data['by'] === 'person' ? 'You' : 'Your policy';
      return [{ kind: 'notice', level: 'info', text: wayChangedWords(who, way) }];
    }
    case 'notice':
      return typeof payload?.['words'] === 'string' ? [{ kind: 'notice', level: 'info', text: payload['words'] }] : [];
    case 'asked_again':
    case 'compacted': {
      const [words, summary] = [payload?.['words'], payload?.['summary']];
      if (typeof words !== 'string') return [];
      return [{ kind: 'notice', level: 'info', text: typeof summary === 'string' ? `${words}\n${summary}` : words }];
    }
    case 'instructions':
      return [{ kind: 'notice', level: 'info', text: instructionsWords(payload?.['paths']) }];
    case 'limit_answered':
      return data['choice'] === 'go-on'
        ? [{ kind: 'notice', level: 'info', text: 'You let it go on over a limit.' }]
        : [];
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

function instructionsWords(paths: unknown): string {
  return Array.isArray(paths)
    ? readInstructions(paths.map(String))
    : 'Instructions of the project were read; which, was erased.';
}

function actionEntry(action: ActionNode): Entry {
  const { id, tool, title, ran, left, events } = action;
  const last = (type: AuditRecord['type']): AuditRecord | undefined => events.findLast((event) => event.type === type);
  const verdict = last('decided')?.data['verdict'];
  const why = whyOf(last('decided'), lastAnswer(events));
  const finished = last('finished');
  const output = finished?.payload?.['output'];
  return {
    kind: 'action',
    ...{ id, tool, title, status: left },
    ...(ran !== undefined && !title.includes(exact(ran.trim())) && { ran }),
    ...looksOf(last('proposed')),
    ...(action.editedFrom !== undefined && { edited: true as const }),
    ...((verdict === 'allow' || verdict === 'ask' || verdict === 'deny') && { verdict }),
    ...(why !== '' && { why }),
    ...decidedIn(last('decided'), last('answered')),
    ...endedIn(finished),
    ...(finished && typeof output === 'string' && shownOutput(output, lengthOf(finished, 'output'))),
  };
}

function decidedIn(decided: AuditRecord | undefined, answered: AuditRecord | undefined): ReturnType<typeof answerOf> {
  const by = ANSWERERS.find((one) => one === answered?.data['by']);
  const said = answered?.payload?.['reason'];
  if (by !== undefined) return answerOf({ by, ...(typeof said === 'string' && { said }) });
  const decision = DecisionSchema.safeParse(decided?.payload?.['decision']);
  return decision.data ? deciderOf(decision.data) : {};
}

function endedIn(finished: AuditRecord | undefined): { exit?: number; durationMs?: number } {
  const { facts, durationMs } = finished?.data ?? {};
  const exit = isJsonObject(facts) ? facts['exit'] : undefined;
  return {
    ...(typeof exit === 'number' && { exit }),
    ...(typeof durationMs === 'number' && { durationMs }),
  };
}

function looksOf(proposed: AuditRecord | undefined): Pick<Extract<Entry, { kind: 'action' }>, 'looks'> {
  const stored = readAction(proposed?.payload);
  const effect = (['read', 'list', 'search'] as const).find((one) => stored.kind === 'action' && one === stored.effect);
  if (stored.kind !== 'action' || stored.of !== 'look' || effect === undefined) return {};
  return { looks: { effect, places: stored.resources.map(({ path }) => path) } };
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

function spokenEntry({ text, number }: Spoken, run: string): Entry {
  return text === undefined ? gone('What was said here') : { kind: 'user', text, point: { run, message: number } };
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
