import type { ActionOutcome } from '../../shared/actionOutcome.ts';
import type { AuditRecord } from '../../shared/auditEvent.ts';
import { turnsOf, type ActionNode } from '../audit/tree.ts';
import { answeredWords } from '../audit/who.ts';
import type { CallEnd, Message, ToolCall } from '../models/port.ts';
import { isLeftOpen } from './leftOpen.ts';

type Reply = Extract<Message, { role: 'assistant' }>;
type Result = Extract<Message, { role: 'tool' }>;

/** One reply with calls as the log has it: how many there were, and the actions that came of them, in order. */
interface LoggedReply {
  calls: number;
  actions: ActionNode[];
}

/**
 * The messages of a run that goes on, as a model is told them again: what came of each call is what the log says. A
 * result that says otherwise, or that was never stored, is replaced. Where the log does not have a call, nothing is guessed.
 */
export function toldAsLogged(messages: readonly Message[], events: readonly AuditRecord[]): Message[] {
  const logged = aligned(messages.filter(hasCalls), loggedReplies(events));
  const told: Message[] = [];
  let at = 0;
  while (at < messages.length) {
    const message = messages[at] as Message;
    at += 1;
    told.push(message);
    if (!hasCalls(message)) continue;
    const results = new Map<string, Result>();
    for (let next = messages[at]; next?.role === 'tool'; next = messages[(at += 1)]) results.set(next.call, next);
    const actions = logged?.get(message);
    for (const [index, call] of message.calls.entries())
      told.push(resultOf(call, results.get(call.id), actions && { action: actions[index] }));
  }
  return told;
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
    replies.at(-1)?.actions.push(action);
  }
  return replies.filter(({ calls }) => calls > 0);
}

/** Which actions came of which reply; undefined where log and messages do not fit together. */
function aligned(
  replies: readonly Reply[],
  logged: readonly LoggedReply[],
): ReadonlyMap<Message, readonly ActionNode[]> | undefined {
  // A reply may be recorded and its run gone before it was stored; and an earlier log may have been set aside.
  const isOneMore = logged.length === replies.length + 1 && logged.at(-1)?.actions.length === 0;
  const own = isOneMore ? logged.slice(0, -1) : logged;
  const first = replies.length - own.length;
  if (first < 0) return undefined;
  const map = new Map<Message, readonly ActionNode[]>();
  for (const [index, { calls, actions }] of own.entries()) {
    const reply = replies[first + index];
    if (reply?.calls.length !== calls || actions.length > calls) return undefined;
    map.set(reply, actions);
  }
  return map;
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

const UNKNOWN = 'Interrupted: it is not known to have happened. Look before you repeat it.';
const PUT_BACK = '\n[The user has put back since what this changed.]';

function withoutNote(text: string): string {
  return text.endsWith(PUT_BACK) ? text.slice(0, -PUT_BACK.length) : text;
}

/** What came of a call, in the words of its record. */
function wordsOf({ left, events }: ActionNode): string {
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
    return `Denied by policy (${typeof rule === 'string' ? rule : 'a rule'}): ${typeof reason === 'string' ? reason : ''}.`;
  }
  const reason = answered?.payload?.['reason'];
  const words = typeof reason === 'string' ? ` The reason given: ${reason}` : '';
  return answered?.data['by'] === 'person' ? `The user denied this.${words}` : `Denied: nobody approved it.${words}`;
}
