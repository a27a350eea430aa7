import type { NewEvent } from '../../shared/auditEvent.ts';
import { collectReply } from '../models/collect.ts';
import { ModelFailure, type Message, type Model, type Sending, type ToolCall } from '../models/port.ts';
import type { EffectivePolicy } from '../policy/merge.ts';
import { originText } from '../../shared/decision.ts';
import type { Redactor } from '../redaction/redactor.ts';
import { callTool } from '../tools/call.ts';
import type { CallRun } from '../tools/callRun.ts';
import { throwIfStopped } from '../tools/failure.ts';
import { conversationFull } from './conversationRoom.ts';
import type { Outcome } from './ending.ts';
import { toolsFor } from './prompt.ts';
import { Repetition } from './repetition.ts';
import type { SentContent } from './sentContent.ts';

/** What the loop works on. Messages grow in place, so that whoever owns them can save them at any time. */
export interface Conversation {
  model: Model;
  redactor: Redactor;
  messages: Message[];
  maxTurns(): Promise<number>;
  policy(): Promise<EffectivePolicy>;
  callRun(): CallRun;
  /** Paths of files whose content is in the messages. */
  contentOf: SentContent;
  nextTurn(): number;
  takeQueued(): string[];
  showText(text: string, streaming: boolean): void;
  record(type: NewEvent['type'], data: NewEvent['data'], payload?: NewEvent['payload']): Promise<void>;
  save(): Promise<void>;
}

/** Turn after turn until the model calls no more tools and nobody has said more, or a limit is reached. */
export async function converse(talk: Conversation, signal: AbortSignal): Promise<Outcome> {
  const repetition = new Repetition();
  for (let turns = 0; ; turns += 1) {
    throwIfStopped(signal);
    const most = await talk.maxTurns();
    if (turns >= most)
      return { state: 'limit', reason: `It took ${turns} turns, the limit of your policy (max_iterations).` };
    const full = conversationFull(talk.messages);
    if (full !== undefined) return { state: 'limit', reason: full };
    const turn = talk.nextTurn();
    await talk.record('turn_started', { turn });
    const reply = await oneReply(talk, signal);
    if (!reply.ok) return reply.outcome;
    throwIfStopped(signal);
    if (reply.calls.length === 0) {
      const queued = talk.takeQueued();
      if (queued.length === 0) return { state: 'finished', reason: 'The agent is done.' };
      for (const text of queued) talk.messages.push({ role: 'user', text });
      continue;
    }
    for (const call of reply.calls) {
      const result = await callTool(call, talk.callRun(), signal);
      talk.messages.push({ role: 'tool', call: call.id, name: call.name, text: result.text, ended: result.status });
      for (const path of result.contentOf) talk.contentOf.add(path);
      await talk.save();
      throwIfStopped(signal);
      if (repetition.seen(call.name, call.arguments, result.text))
        return { state: 'limit', reason: 'The model made the same call with the same result three times in a row.' };
    }
    for (const text of talk.takeQueued()) talk.messages.push({ role: 'user', text });
  }
}

/** The words of a growing reply are shown up to here, so that a reply without end costs no time without end. */
const SHOWN_WHILE_GROWING = 20_000;
const MAX_REASON = 600;

/** A call without the secrets that are known; it is done as it stands then. A name stays one that providers accept when they are told of the call again. */
function redactedCall(call: ToolCall, redactor: Redactor): ToolCall {
  const name = redactor.text(call.name);
  return {
    id: redactor.text(call.id),
    name: name === call.name ? name : name.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, 64),
    arguments: redactor.named(call.arguments),
  };
}

type OneReply = { ok: true; calls: ToolCall[] } | { ok: false; outcome: Outcome };

async function oneReply(talk: Conversation, signal: AbortSignal): Promise<OneReply> {
  const permit = async (sending: Sending): Promise<void> => {
    const { allowCloud } = await talk.policy();
    if (!sending.isLocal && !allowCloud.value)
      throw new ModelFailure(
        `Your policy lets no prompt go to another machine (model.allow_cloud, ${originText(allowCloud.origin)}). Choose a model on this machine.`,
      );
    await talk.record(
      'egress',
      { purpose: 'model', origin: sending.origin, method: sending.method, bytes: sending.bytes },
      { path: sending.path, contentOf: talk.contentOf.entries },
    );
  };
  try {
    const tools = toolsFor(await talk.policy());
    const stream = talk.model.stream({ messages: talk.messages, tools }, permit, signal);
    const reply = await collectReply(stream, (text) => {
      if (text.length <= SHOWN_WHILE_GROWING) talk.showText(talk.redactor.growing(text), true);
    });
    throwIfStopped(signal);
    const text = talk.redactor.text(reply.text);
    const calls = reply.calls.map((call) => redactedCall(call, talk.redactor));
    talk.showText(text, false);
    talk.messages.push({ role: 'assistant', text, calls });
    await talk.record(
      'model_replied',
      { calls: calls.length, ...(reply.usage && { inputTokens: reply.usage.input, outputTokens: reply.usage.output }) },
      { text },
    );
    await talk.save();
    return { ok: true, calls };
  } catch (error) {
    if (signal.aborted || !(error instanceof ModelFailure)) throw error;
    return { ok: false, outcome: { state: 'failed', reason: talk.redactor.text(error.message).slice(0, MAX_REASON) } };
  }
}
