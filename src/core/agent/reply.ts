import type { EventData } from '../../shared/auditEvent.ts';
import type { Reply } from '../models/collect.ts';
import { ModelFailure, type Kept, type ToolCall } from '../models/port.ts';
import { unfinished, type Unfinished } from '../models/replyEnd.ts';
import type { Redactor } from '../redaction/redactor.ts';
import { compact, makeRoom } from './compaction/compact.ts';
import { EndedAtLimit, type Outcome } from './ending.ts';
import { offeredTools } from './offeredTools.ts';
import { request } from './request.ts';
import type { RunUsage } from './runUsage.ts';
import type { Talk } from './talk.ts';

const MAX_REASON = 1200;
/** Each makes the conversation shorter. */
const MOST_OVERFLOWS = 6;

export type OneReply = { ok: true; calls: ToolCall[]; cut: Unfinished | undefined } | { ok: false; outcome: Outcome };

/** The model's next reply, said, recorded and stored; its calls are still to be done. */
export async function oneReply(talk: Talk, signal: AbortSignal): Promise<OneReply> {
  try {
    const reply = await fittingReply(talk, signal);
    const text = talk.redactor.text(reply.text);
    const calls = reply.calls.map((call) => redactedCall(call, talk.redactor));
    talk.showText(text, false);
    // Nothing was said: providers refuse a conversation with an empty message in it.
    if (text.trim() !== '' || calls.length > 0)
      talk.conversation.add({ role: 'assistant', text, calls, ...keptUnless(reply.kept, talk.redactor) });
    await talk.record(
      'model_replied',
      { calls: calls.length, end: reply.end.why, ...counted(reply, talk.usage) },
      { text },
    );
    await talk.save();
    const cut = unfinished(reply.end);
    return { ok: true, calls, cut: cut && { ...cut, reason: talk.redactor.text(cut.reason) } };
  } catch (error) {
    if (error instanceof EndedAtLimit) return { ok: false, outcome: error.outcome };
    if (signal.aborted || !(error instanceof ModelFailure)) throw error;
    const reason = talk.redactor.text(error.message).slice(0, MAX_REASON);
    return { ok: false, outcome: { state: 'failed', reason, fault: error.fault } };
  }
}

/** Where the model says that all of it is too long, it is asked again with less. */
async function fittingReply(talk: Talk, signal: AbortSignal): Promise<Reply> {
  await makeRoom(talk, signal);
  for (let overflows = 0; ; overflows += 1) {
    const tools = offeredTools(talk.calls.toolbox, await talk.calls.refresh());
    try {
      return await request(talk, { messages: talk.conversation.messages, tools, isShown: true }, signal);
    } catch (error) {
      if (signal.aborted || !(error instanceof ModelFailure) || error.kind !== 'overflow') throw error;
      talk.settleText();
      if (overflows < MOST_OVERFLOWS && (await compact(talk, 'overflow', signal))) continue;
      throw new ModelFailure(
        `${error.message} It cannot be made shorter. Choose a model that takes more, or start a new run.`,
        error,
      );
    }
  }
}

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

/** What the provider counted, and what that costs, as it is recorded. */
export function counted({ usage }: Reply, { lastCost }: RunUsage): Partial<EventData['model_replied']> {
  if (!usage) return lastCost;
  const { input, output, cached, isEstimate } = usage;
  return {
    ...{ inputTokens: input, outputTokens: output },
    ...(cached !== undefined && { cachedTokens: cached }),
    ...(isEstimate && { isEstimate }),
    ...lastCost,
  };
}
