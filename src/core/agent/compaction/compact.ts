import type { Message, OfferedTool } from '../../models/port.ts';
import { offeredTools } from '../offeredTools.ts';
import { charactersOfRequest } from '../size.ts';
import type { Talk } from '../talk.ts';
import { carriedFrom, compactedMessage, withSaid } from './carried.ts';
import { cutAt } from './cut.ts';
import { cutSaid } from './cutSaid.ts';
import { shortened } from './shorten.ts';
import { doingIn, summaryOf } from './summary.ts';

/** Shares of what the model takes: where room is made, what results are shortened down to, and what is enough then. */
const [FULL, DOWN_TO, ENOUGH] = [0.8, 0.5, 0.65];
/** Of the same, what stays word for word where a summary stands for the rest. */
const TAIL = 0.25;
/** Where little could be won, so much has to come before it is tried again. */
const GROWN = 0.1;
/** How many of the last results stay whole: at first, and where that is not enough. */
const KEPT_RESULTS = [4, 1];

type Because = 'filling' | 'overflow';

/** Makes room where the next request would fill what the model takes. */
export async function makeRoom(talk: Talk, signal: AbortSignal): Promise<void> {
  const { context } = talk.usage;
  const tokens = tokensNow(talk, await toolsNow(talk));
  if (tokens > context.limit * FULL && tokens > context.leftAt + context.limit * GROWN)
    await compact(talk, 'filling', signal);
}

/**
 * Makes the conversation shorter, in steps: old results first, then a summary in place of what lies back; what the person
 * said long ago last, where nothing else makes room. Each step is recorded and told. False where it could not be made any shorter.
 */
export async function compact(talk: Talk, because: Because, signal: AbortSignal): Promise<boolean> {
  const { context } = talk.usage;
  const tools = await toolsNow(talk);
  const work = { talk, because, tools };
  const before = tokensNow(talk, tools);
  const isEnough = (): boolean => tokensNow(talk, tools) <= context.limit * ENOUGH;
  for (const keep of KEPT_RESULTS) if (!isEnough() || because === 'overflow') await shorten(work, keep);
  if (!isEnough() || tokensNow(talk, tools) >= before) await summarise(work, signal);
  if (!isEnough()) await shorten(work, 0);
  if (!isEnough() || tokensNow(talk, tools) >= before) await cutWords(work);
  const after = tokensNow(talk, tools);
  context.leftAt = after;
  return after < before;
}

interface Work {
  talk: Talk;
  because: Because;
  tools: readonly OfferedTool[];
}

async function toolsNow(talk: Talk): Promise<OfferedTool[]> {
  return offeredTools(talk.calls.toolbox, await talk.calls.refresh());
}

function tokensNow({ conversation, usage }: Talk, tools: readonly OfferedTool[]): number {
  return usage.context.tokensOf(charactersOfRequest({ messages: conversation.messages, tools }));
}

async function shorten(work: Work, keep: number): Promise<void> {
  const { conversation, usage } = work.talk;
  const before = tokensNow(work.talk, work.tools);
  const fixed = charactersOfRequest({ messages: [], tools: work.tools });
  const downTo = usage.context.charactersIn(usage.context.limit * DOWN_TO) - fixed;
  const shorter = shortened(conversation.messages, { downTo, keep, doing: doingIn(work.talk) });
  if (!shorter) return;
  conversation.replace(shorter.messages);
  const results = shorter.leftOut === 1 ? 'an earlier call' : `${shorter.leftOut} earlier calls`;
  const words = `To make room for the model, most of what ${results} returned is left out from here on. The log has it.`;
  await told(work, before, { how: 'shortened', results: shorter.leftOut, messages: 0, words });
}

async function summarise(work: Work, signal: AbortSignal): Promise<void> {
  const { talk, tools } = work;
  const { conversation, usage, redactor } = talk;
  const cut = cutAt(conversation.messages, usage.context.charactersIn(usage.context.limit * TAIL));
  if (!cut) return;
  const before = tokensNow(talk, tools);
  const summary = redactor.text(await summaryOf(talk, { upTo: [...cut.before, ...cut.left], tools }, signal));
  const message: Message = compactedMessage(carriedFrom(cut.left, { summary, doing: doingIn(talk) }));
  conversation.replace([...cut.before, message, ...cut.after]);
  const words = `To make room for the model, ${cut.left.length} earlier messages are summed up from here on. What you said, the plan and every denial stay as they are; the log has the rest.`;
  await told(work, before, { how: 'summarised', results: 0, messages: cut.left.length, words, summary });
}

/** What the person said long ago, and stands in a message for others: cut, as far as that is needed, and said to be. */
async function cutWords(work: Work): Promise<void> {
  const { talk, tools } = work;
  const { conversation, usage } = talk;
  const before = tokensNow(talk, tools);
  const over = usage.context.charactersIn(Math.max(1, before - usage.context.limit * ENOUGH));
  const cuts = conversation.messages.map((message) => {
    const compacted = message.role === 'user' ? message.compacted : undefined;
    const cut = compacted && cutSaid(compacted.said, over);
    return { message: compacted && cut ? withSaid(message, compacted, cut.said) : message, cut };
  });
  const sum = (of: 'messages' | 'characters'): number => cuts.reduce((all, { cut }) => all + (cut?.[of] ?? 0), 0);
  const [messages, characters] = [sum('messages'), sum('characters')];
  if (messages === 0) return;
  conversation.replace(cuts.map(({ message }) => message));
  const which = messages === 1 ? 'one of your earlier messages' : `${messages} of your earlier messages`;
  const words = `To make room for the model, the middle of ${which} is left out from here on: ${characters} characters of what you said. The log has them; say again what still matters.`;
  await told(work, before, { how: 'shortened', results: 0, messages, words, saidLeftOut: characters });
}

interface Step {
  how: 'shortened' | 'summarised';
  results: number;
  messages: number;
  words: string;
  /** Characters of what the person said. */
  saidLeftOut?: number;
  summary?: string;
}

async function told({ talk, because, tools }: Work, before: number, step: Step): Promise<void> {
  const { words, summary = '', ...counts } = step;
  await talk.record(
    'compacted',
    {
      ...{ because, ...counts },
      ...{ tokensBefore: before, tokensAfter: tokensNow(talk, tools), limit: talk.usage.context.limit },
      ...(step.how === 'summarised' && talk.usage.lastUsed),
    },
    { words, ...(summary !== '' && { summary }) },
  );
  await talk.save();
  talk.tell(summary === '' ? words : `${words}\n${summary}`);
}
