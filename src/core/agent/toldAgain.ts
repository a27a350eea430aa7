import type { ActionOutcome } from '../../shared/actionOutcome.ts';
import type { AuditRecord } from '../../shared/auditEvent.ts';
import { turnsOf, type ActionNode } from '../audit/tree.ts';
import { answeredWords } from '../audit/who.ts';
import type { CallEnd, Message, ToolCall } from '../models/port.ts';
import { compactedMessage } from './compaction/carried.ts';
import { isLeftOpen } from './leftOpen.ts';
import { sentence } from '../../shared/named.ts';
import { editIn } from '../audit/changedArguments.ts';
import { toldOfEdit } from '../tools/editedWords.ts';

type Reply = Extract<Message, { role: 'assistant' }>;
type Result = Extract<Message, { role: 'tool' }>;

/** One reply with calls as the log has it: how many there were, and the action that came of each, where one did. */
interface LoggedReply {
  calls: number;
  actions: (ActionNode | undefined)[];
}

/**
 * The messages of a run that goes on, as a model is told them again: what came of each call is what the log says. A
 * result that says otherwise, or that was never stored, is replaced. Where the log does not have a call, nothing is guessed.
 */
export function toldAsLogged(messages: readonly Message[], events: readonly AuditRecord[]): Message[] {
  const logged = aligned(repliesOf(messages), loggedReplies(events));
  const told: Message[] = [];
  // What a message stands for, and the person has put back since.
  const putBack = (logged?.replaced ?? []).filter(({ left }) => left === 'reverted').map(({ title }) => title);
  let at = 0;
  while (at < messages.length) {
    const message = messages[at] as Message;
    at += 1;
    told.push(message.role === 'user' && message.compacted ? compactedMessage(message.compacted, putBack) : message);
    if (!hasCalls(message)) continue;
    const results = new Map<string, Result>();
    for (let next = messages[at]; next?.role === 'tool'; next = messages[(at += 1)]) results.set(next.call, next);
    const actions = logged?.of.get(message);
    for (const [index, call] of message.calls.entries())
      told.push(resultOf(call, results.get(call.id), actions && { action: actions[index] }));
  }
  return told;
}

/** The replies with calls, in order; `undefined` for each that a message stands for with which room was made. */
function repliesOf(messages: readonly Message[]): (Reply | undefined)[] {
  return messages.flatMap((message) => {
    if (message.role === 'user' && message.compacted)
      return Array<undefined>(message.compacted.replies).fill(undefined);
    return hasCalls(message) ? [message] : [];
  });
}

function hasCalls(message: Message): message is Reply {
  return message.role === 'assistant' && message.calls.length > 0;
}

/** Every call is done before the next reply is asked for: the actions after a reply are those of its calls. */
function loggedReplies(events: readonly AuditRecord[]): LoggedReply[] {
  const actions = new Map(turnsOf(events).flatMap((turn) => turn.actions.map((action) => [action.id, action])));
  const replies: LoggedReply[] = [];
  for (const { type, action: id, data } of events) {
    if (type === 'model_replied') replies.push({ calls: Number(data['calls'] ?? 0), actions: [] });
    const action = id === undefined ? undefined : actions.get(id);
    if (!action) continue;
    actions.delete(action.id);
    // A part of another action, which no call of the model is about.
    if (data['within'] !== undefined || data['effectsOf'] !== undefined) continue;
    const reply = replies.at(-1);
    // Calls that wait together are recorded as they come; the last action of one is what became of it.
    const { call } = data;
    const isNamed = typeof call === 'number' && call > 0 && call <= (reply?.calls ?? 0);
    if (reply) reply.actions[isNamed ? call - 1 : reply.actions.length] = action;
  }
  return replies.filter(({ calls }) => calls > 0);
}

interface Aligned {
  of: ReadonlyMap<Message, LoggedReply['actions']>;
  /** Those of replies that a message stands for. */
  replaced: readonly ActionNode[];
}

/** Which actions came of which reply; undefined where log and messages do not fit together. */
function aligned(replies: readonly (Reply | undefined)[], logged: readonly LoggedReply[]): Aligned | undefined {
  // A reply may be recorded and its run gone before it was stored; and an earlier log may have been set aside.
  const isOneMore = logged.length === replies.length + 1 && logged.at(-1)?.actions.length === 0;
  const own = isOneMore ? logged.slice(0, -1) : logged;
  const first = replies.length - own.length;
  if (first < 0) return undefined;
  const found = new Map<Message, LoggedReply['actions']>();
  const replaced: ActionNode[] = [];
  for (const [index, { calls, actions }] of own.entries()) {
    const reply = replies[first + index];
    if (reply === undefined) {
      replaced.push(...actions.filter((action) => action !== undefined));
      continue;
    }
    if (reply.calls.length !== calls || actions.length > calls) return undefined;
    found.set(reply, actions);
  }
  return { of: found, replaced };
}

/** `logged`: the log has the reply; and of this call an action, where it came so far. */
function resultOf(call: ToolCall, known: Result | undefined, logged: { action: ActionNode | undefined } | undefined) {
  const result = (text: string, ended: CallEnd): Result => ({
    ...{ role: 'tool', call: call.id, name: call.name },
    ...{ text, ended },
  });
  if (known && isLeftOpen(known)) return known; // it is made where the run goes on
  if (!logged) return known ?? result(UNKNOWN, 'interrupted');
  const { action } = logged;
  if (!action) {
    const isKnown = known !== undefined && known.ended !== 'done' && known.ended !== 'interrupted';
    return isKnown ? known : result('Not begun: the run was ended before this call.', 'interrupted');
  }
  const ended = ENDS[action.left];
  if (known?.ended === undefined || known.ended !== ended) {
    // An earlier version stored the result, but not how the call had ended.
    if (known && known.ended === undefined) return { ...known, ended };
    return result(wordsOf(action), ended);
  }
  return { ...known, text: `${withoutNote(known.text)}${action.left === 'reverted' ? PUT_BACK : ''}` };
}

const ENDS = {
  done: 'done',
  reverted: 'done',
  failed: 'failed',
  denied: 'denied',
  unanswered: 'cancelled',
  cancelled: 'cancelled',
  interrupted: 'interrupted',
  unknown: 'interrupted',
} as const satisfies Record<ActionOutcome, CallEnd>;

const CHANGED_SOMEHOW =
  'The user changed this call before approving it; to what is not kept whole. Look before you go on.';
const UNKNOWN = 'Interrupted: it is not known to have happened. Look before you repeat it.';
const PUT_BACK = '\n[The user has put back since what this changed.]';

function withoutNote(text: string): string {
  return text.endsWith(PUT_BACK) ? text.slice(0, -PUT_BACK.length) : text;
}

/** What came of a call, in the words of its record; where a person has changed it, what counted. */
function wordsOf(action: ActionNode): string {
  const proposed = action.events.findLast(({ type }) => type === 'proposed');
  const words = resultWords(action);
  const hasBegun = action.events.some(({ type }) => type === 'started');
  if (!hasBegun || proposed?.data['editedBy'] !== 'person') return words;
  const edit = editIn(proposed.payload);
  return edit ? toldOfEdit(edit.from, edit.to, words) : `${CHANGED_SOMEHOW}\n${words}`;
}

function resultWords({ left, events }: ActionNode): string {
  const last = (type: AuditRecord['type']): AuditRecord | undefined => events.findLast((event) => event.type === type);
  const stored = last('finished')?.payload?.['output'];
  const output = typeof stored === 'string' ? stored : '[What it put out is not kept any more.]';
  const answered = last('answered');
  const who = (answered && answeredWords(answered.data)) ?? 'not answered';
  switch (left) {
    case 'done':
      return output;
    case 'reverted':
      return `${output}${PUT_BACK}`;
    case 'failed':
      return last('started') ? output : `Not done: ${output}`;
    case 'denied':
      return last('started') ? output : deniedWords(last('decided'), answered);
    case 'unanswered':
      return `Not done: ${who}.`;
    case 'cancelled':
      return last('started') ? `Stopped while it was at work: ${output}` : `Not done: ${output}`;
    case 'interrupted':
      return 'Interrupted before it began: it did not happen.';
    case 'unknown':
      return 'Interrupted while it was at work: it may have happened, wholly or in part. Look before you repeat it.';
  }
}

function deniedWords(decided: AuditRecord | undefined, answered: AuditRecord | undefined): string {
  if (decided?.data['verdict'] === 'deny') {
    const { rule } = decided.data;
    const decision = decided.payload?.['decision'];
    const reason = typeof decision === 'object' && decision !== null && 'reason' in decision ? decision['reason'] : '';
    return `Not allowed (${typeof rule === 'string' ? rule : 'a rule'}): ${typeof reason === 'string' ? sentence(reason) : ''}`;
  }
  const reason = answered?.payload?.['reason'];
  const words = typeof reason === 'string' ? ` The reason given: ${reason}` : '';
  return answered?.data['by'] === 'person' ? `The user denied this.${words}` : `Denied: nobody approved it.${words}`;
}
