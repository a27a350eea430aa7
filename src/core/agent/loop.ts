import type { ToolCall } from '../models/port.ts';
import type { Unfinished } from '../models/replyEnd.ts';
import { LimitReached, throwIfStopped } from '../outcome.ts';
import { atLimit } from './atLimit.ts';
import { HandedOver } from '../stopped.ts';
import { leaveOut } from '../tools/call.ts';
import { ReplyCalls } from '../tools/replyCalls.ts';
import { conversationFull } from './conversationRoom.ts';
import type { Outcome } from './ending.ts';
import { GOES_ROUND, limitReached } from './limits.ts';
import { Repetition, SAID_BEFORE } from './repetition.ts';
import { oneReply } from './reply.ts';
import type { Talk } from './talk.ts';

/** So many calls of one reply are carried out. */
const MOST_AT_ONCE = 32;
const TOO_MANY = `not done: a reply carries out ${MOST_AT_ONCE} calls at most. Look at what came of those first, then make this one again`;

/** Turn after turn until the model calls no more tools and nobody has said more, or a limit is reached. */
export async function converse(talk: Talk, signal: AbortSignal): Promise<Outcome> {
  const { conversation, budget } = talk;
  const repetition = new Repetition(talk.calls.hash);
  // What was left open where the run was taken over is asked here.
  const ended = await doCalls(talk, { calls: conversation.takeLeftOpen(), repetition }, signal);
  if (ended) return ended;
  for (;;) {
    await talk.attended();
    throwIfStopped(signal);
    const now = await talk.calls.refresh();
    budget.tighten(now.policy); // once a turn
    const limit = limitReached(talk, now);
    if (limit) {
      const atEnd = await atLimit(talk, limit, signal);
      if (atEnd) return atEnd;
      continue;
    }
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
    const atEnd = await doCalls(talk, { calls, cut, repetition }, signal);
    if (atEnd) return atEnd;
    // A call that was too long can be made again in parts; after every other cut there is nothing to go on with.
    if (cut?.state === 'failed') return { state: cut.state, reason: cut.reason };
    conversation.takeQueued();
  }
}

interface ToDo {
  calls: ToolCall[];
  cut?: Unfinished | undefined;
  repetition: Repetition;
}

/** Does the calls of a reply in its order; returns an outcome where that is the end. */
async function doCalls(
  talk: Talk,
  { calls, cut, repetition }: ToDo,
  signal: AbortSignal,
): Promise<Outcome | undefined> {
  if (calls.length === 0) return undefined;
  const { conversation } = talk;
  const run = talk.callRun();
  const all = conversation.lastCalls;
  // Of a reply with more calls the rest is told to be made again: nobody looks over that many at once.
  const reply = new ReplyCalls({ id: run.newId(), all, calls: calls.slice(0, MOST_AT_ONCE) }, run, signal);
  const touched: string[] = [];
  try {
    for (const [index, call] of calls.entries()) {
      const notDone = cut?.callNotDone ?? (index < MOST_AT_ONCE ? undefined : TOO_MANY);
      const result = notDone === undefined ? await reply.next() : await leaveOut(call, run, notDone);
      const isLeft = result.isNotBegun === true && signal.reason instanceof HandedOver;
      const round = index < MOST_AT_ONCE ? repetition.seen(call.name, call.arguments, result.text) : 'new';
      const text = round === 'tell' ? result.text + SAID_BEFORE : result.text;
      const { images } = result;
      if (!isLeft)
        conversation.add({
          ...{ role: 'tool', call: call.id, name: call.name, text, ended: result.status },
          ...(images && { images }),
        });
      if (signal.reason instanceof HandedOver) conversation.leaveOpen(calls.slice(isLeft ? index : index + 1));
      for (const path of result.contentOf) conversation.contentOf.add(path);
      touched.push(...(result.touched ?? []));
      await talk.save();
      throwIfStopped(signal);
      const atEnd = round === 'stop' ? await atLimit(talk, GOES_ROUND, signal) : undefined;
      if (atEnd) {
        await reply.close(new LimitReached(atEnd.reason));
        return atEnd;
      }
      await reply.lookAgain();
    }
  } catch (error) {
    await reply.close(error).catch(() => undefined); // what went wrong first is what is told
    throw error;
  }
  if (touched.length > 0) await talk.touched(touched);
  return undefined;
}
