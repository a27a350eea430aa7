import type { EventData, EventPayload, EventType } from '../../shared/auditEvent.ts';
import type { EgressLedger } from '../egress/ledger.ts';
import { collectReply, type Reply } from '../models/collect.ts';
import { unfinished, type Unfinished } from '../models/replyEnd.ts';
import { ModelFailure, type Kept, type Model, type ToolCall } from '../models/port.ts';
import type { EffectivePolicy } from '../policy/merge.ts';
import type { Redactor } from '../redaction/redactor.ts';
import { callTool, leaveOut } from '../tools/call.ts';
import type { CallParts, CallRun } from '../tools/callRun.ts';
import { throwIfStopped } from '../outcome.ts';
import { HandedOver } from '../stopped.ts';
import type { Budget } from './budget.ts';
import { cloudRule } from './cloudRule.ts';
import type { Conversation } from './conversation.ts';
import { conversationFull } from './conversationRoom.ts';
import type { Outcome } from './ending.ts';
import { offeredTools } from './offeredTools.ts';
import { Repetition } from './repetition.ts';

/** What the loop works on, and how others follow it. Whoever owns the conversation can save it at any time. */
export interface Talk {
  model: Model;
  redactor: Redactor;
  conversation: Conversation;
  budget: Budget;
  calls: CallParts;
  /** What left for this run. */
  ledger: EgressLedger;
  /** What a call of the present turn needs of the run. */
  callRun(): CallRun;
  showText(text: string, streaming: boolean): void;
  /** Something to know. */
  tell(words: string): void;
  record<T extends EventType>(type: T, data: EventData[T], payload?: EventPayload[T]): Promise<void>;
  save(): Promise<void>;
  /** Returns once somebody is there who could see what goes on (presence.ts). */
  attended(): Promise<void>;
}

/** Turn after turn until the model calls no more tools and nobody has said more, or a limit is reached. */
export async function converse(talk: Talk, signal: AbortSignal): Promise<Outcome> {
  const { conversation, budget } = talk;
  const repetition = new Repetition();
  // What was left open where the run was taken over is asked here.
  const ended = await doCalls(talk, { calls: conversation.takeLeftOpen(), repetition }, signal);
  if (ended) return ended;
  for (;;) {
    await talk.attended();
    throwIfStopped(signal);
    budget.tighten(await policyNow(talk)); // once a turn
    if (budget.turns >= budget.mostTurns)
      return { state: 'limit', reason: `It took ${budget.turns} turns, the limit of your policy (max_iterations).` };
    await makeRoom(talk);
    const full = conversationFull(conversation.messages);
    if (full !== undefined) return { state: 'limit', reason: full };
    const turn = budget.nextTurn();
    await talk.record('turn_started', { turn });
    const reply = await oneReply(talk, signal);
    if (!reply.ok) return reply.outcome;
    throwIfStopped(signal);
    const { calls, cut } = reply;
    if (calls.length === 0) {
      if (cut) return { state: cut.state, reason: cut.reason };
      if (!conversation.takeQueued()) return { state: 'finished', reason: 'The agent is done.' };
      continue;
    }
    const limit = await doCalls(talk, { calls, cut, repetition }, signal);
    if (limit) return limit;
    // A call that was too long can be made again in parts; after every other cut there is nothing to go on with.
    if (cut?.state === 'failed') return { state: cut.state, reason: cut.reason };
    conversation.takeQueued();
  }
}

/** Does the calls of a reply, one after the other; returns an outcome where that is the end. */
async function doCalls(
  talk: Talk,
  { calls, cut, repetition }: { calls: ToolCall[]; cut?: Unfinished | undefined; repetition: Repetition },
  signal: AbortSignal,
): Promise<Outcome | undefined> {
  const { conversation } = talk;
  for (const [index, call] of calls.entries()) {
    const result = cut
      ? await leaveOut(call, talk.callRun(), cut.callNotDone)
      : await callTool(call, talk.callRun(), signal);
    const isLeft = result.isNotBegun === true && signal.reason instanceof HandedOver;
    if (!isLeft)
      conversation.add({ role: 'tool', call: call.id, name: call.name, text: result.text, ended: result.status });
    if (signal.reason instanceof HandedOver) conversation.leaveOpen(calls.slice(isLeft ? index : index + 1));
    for (const path of result.contentOf) conversation.contentOf.add(path);
    await talk.save();
    throwIfStopped(signal);
    if (repetition.seen(call.name, call.arguments, result.text))
      return { state: 'limit', reason: 'The model made the same call with the same result three times in a row.' };
  }
  return undefined;
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
    ...keptUnless(call.kept, redactor),
  };
}

/** What a provider wants back goes back as it came, or, where a known secret is in it, not at all. */
function keptUnless(kept: Kept | undefined, redactor: Redactor): { kept?: Kept } {
  return kept && redactor.named(kept.json) === kept.json ? { kept } : {};
}

async function makeRoom(talk: Talk): Promise<void> {
  const leftOut = talk.conversation.makeRoom();
  if (leftOut === 0) return;
  const words = `To make room, most of what ${leftOut === 1 ? 'an earlier call' : `${leftOut} earlier calls`} returned is left out of what the model is told from here on. The log has it.`;
  await talk.record('notice', { leftOut }, { words });
  talk.tell(words);
}

async function policyNow(talk: Talk): Promise<EffectivePolicy> {
  return (await talk.calls.refresh()).policy;
}

type OneReply = { ok: true; calls: ToolCall[]; cut: Unfinished | undefined } | { ok: false; outcome: Outcome };

async function oneReply(talk: Talk, signal: AbortSignal): Promise<OneReply> {
  const permit = talk.ledger.permit({
    purpose: 'model',
    rules: [cloudRule(() => policyNow(talk))],
    contentOf: () => talk.conversation.contentOf.entries,
  });
  try {
    const tools = offeredTools(talk.calls.toolbox, await policyNow(talk));
    const stream = talk.model.stream({ messages: talk.conversation.messages, tools }, permit, signal);
    const reply = await collectReply(stream, (text) => {
      if (text.length <= SHOWN_WHILE_GROWING) talk.showText(talk.redactor.growing(text), true);
    });
    throwIfStopped(signal);
    const text = talk.redactor.text(reply.text);
    const calls = reply.calls.map((call) => redactedCall(call, talk.redactor));
    talk.showText(text, false);
    // Nothing was said: providers refuse a conversation with an empty message in it.
    if (text.trim() !== '' || calls.length > 0)
      talk.conversation.add({ role: 'assistant', text, calls, ...keptUnless(reply.kept, talk.redactor) });
    await talk.record('model_replied', { calls: calls.length, end: reply.end.why, ...counted(reply) }, { text });
    await talk.save();
    const cut = unfinished(reply.end);
    return { ok: true, calls, cut: cut && { ...cut, reason: talk.redactor.text(cut.reason) } };
  } catch (error) {
    if (signal.aborted || !(error instanceof ModelFailure)) throw error;
    return { ok: false, outcome: { state: 'failed', reason: talk.redactor.text(error.message).slice(0, MAX_REASON) } };
  }
}

function counted({ usage }: Reply): Partial<EventData['model_replied']> {
  if (!usage) return {};
  const { input, output, cached } = usage;
  return { inputTokens: input, outputTokens: output, ...(cached !== undefined && { cachedTokens: cached }) };
}
