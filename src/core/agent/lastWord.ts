import { ModelFailure, type Message } from '../models/port.ts';
import { Cancelled } from '../outcome.ts';
import { offeredTools } from './offeredTools.ts';
import { counted } from './reply.ts';
import { request } from './request.ts';
import type { Talk } from './talk.ts';

const ASK: Message = {
  role: 'user',
  text: 'The run ends here for now, at a limit. Say in a few sentences what is done, what is not, and what comes next. No call would be carried out.',
};

/**
 * The model says where it stands, in one turn without tools, before a run ends at a limit. Nothing comes of it where the
 * model does not answer in time, or not with words: then the run ends without.
 */
export async function lastWord(talk: Talk, stop: AbortSignal): Promise<void> {
  const { conversation, waits, redactor, usage } = talk;
  if (stop.aborted || usage.isAsking) return;
  conversation.close();
  const late = new AbortController();
  const cancel = waits.clock.after(waits.backoff.lastWordMs, () => {
    late.abort(new Cancelled('The model had no last word in time.'));
  });
  const signal = AbortSignal.any([stop, late.signal]);
  const once = { ...talk, waits: { ...waits, backoff: { ...waits.backoff, tries: 0 } } };
  try {
    const messages = [...conversation.messages, ASK];
    const tools = offeredTools(talk.calls.toolbox, await talk.calls.refresh());
    const reply = await request(once, { messages, tools, wordsOnly: true, isShown: true, isLastWord: true }, signal);
    const text = redactor.text(reply.text);
    if (text.trim() === '') return;
    talk.showText(text, false);
    conversation.add({ role: 'assistant', text, calls: [] });
    await talk.record('model_replied', { calls: 0, end: reply.end.why, ...counted(reply, usage) }, { text });
    await talk.save();
  } catch (error) {
    if (!(error instanceof ModelFailure || error instanceof Cancelled || isOver(signal))) throw error;
  } finally {
    cancel();
    talk.settleText();
  }
}

function isOver(signal: AbortSignal): boolean {
  return signal.aborted;
}
