import type { SaidEnd, ToolCall } from './port.ts';

/** How a reply ended, after a look at what it holds. Only `finished` and `calls` are whole replies. */
export type ReplyEnd = SaidEnd | { why: 'empty' } | { why: 'broken' };

/** The end of a reply of which nothing more comes. Many servers say "finished" where calls wait for their results. */
export function endOf(said: SaidEnd | undefined, reply: { text: string; calls: readonly ToolCall[] }): ReplyEnd {
  if (said === undefined) return { why: 'broken' };
  if (said.why !== 'finished' && said.why !== 'calls') return said;
  if (reply.calls.length > 0) return { why: 'calls' };
  if (said.why === 'calls') return { why: 'broken' };
  return reply.text.trim() === '' ? { why: 'empty' } : { why: 'finished' };
}

/** An end that is none of a whole reply: how the run ends by it, in words for the person; and for the model, why no call was done. */
export interface Unfinished {
  state: 'limit' | 'failed';
  reason: string;
  callNotDone: string;
}

type Cut = Exclude<ReplyEnd['why'], 'finished' | 'calls'>;

const UNFINISHED = {
  length: {
    state: 'limit',
    reason: 'The reply was cut off at the model’s output limit.',
    callNotDone: 'cut off at the output limit. Make the call again, with less in it at a time',
  },
  filtered: {
    state: 'failed',
    reason: 'The provider’s content filter held the reply back, or a part of it.',
    callNotDone: 'the provider’s content filter held back a part of the reply',
  },
  refused: {
    state: 'failed',
    reason: 'The model refused to go on.',
    callNotDone: 'the reply ended in a refusal',
  },
  empty: {
    state: 'failed',
    reason: 'The model gave an empty answer. Retry?',
    callNotDone: 'the reply was empty',
  },
  broken: {
    state: 'failed',
    reason: 'The reply broke off before its end. Retry?',
    callNotDone: 'the reply broke off before its end',
  },
  unknown: {
    state: 'failed',
    reason: 'The reply ended for a reason that Oversign does not know',
    callNotDone: 'the reply ended for a reason that is not known',
  },
} as const satisfies Record<Cut, Unfinished>;

const MAX_SAID = 60;

/** What an end that is none of a whole reply means; undefined for a whole one. */
export function unfinished(end: ReplyEnd): Unfinished | undefined {
  switch (end.why) {
    case 'finished':
    case 'calls':
      return undefined;
    case 'unknown':
      return { ...UNFINISHED.unknown, reason: `${UNFINISHED.unknown.reason}: "${end.said.slice(0, MAX_SAID)}".` };
    case 'length':
    case 'filtered':
    case 'refused':
    case 'empty':
    case 'broken':
      return UNFINISHED[end.why];
  }
}
