import type { AuditRecord } from '../../shared/auditEvent.ts';
import type { Entry } from '../../shared/runView.ts';
import { counted } from '../../shared/named.ts';
import { titleOf } from '../../shared/cut.ts';
import type { Message } from '../models/port.ts';
import { Failure } from '../outcome.ts';
import { spokenIn, type Spoken } from './spokenInLog.ts';
import type { Saved } from './storedRun.ts';

/** Where a new run begins with the conversation of another one: before its message of this number, or at its end. */
export interface ForkPoint {
  run: string;
  /** Counted from 1 over all that a person said in it. */
  message?: number | undefined;
}

/** What a new run begins with. */
export interface Forked {
  before: Saved;
  /** Of the event with which what is left out begins; absent where nothing is. */
  seq?: number;
}

/** Characters by which a long text is known again: of longer ones, the log may have a part. */
const KNOWN_BY = 1000;

/**
 * The conversation of a run up to a message of a person, as a new run goes on from it. What was denied before that stays
 * in it, with its reason; flags and the files whose content was sent stay as they stood at the end, for less is not
 * known. `before`: told as the log says (toldAgain.ts). Throws a sentence where the message is not in it.
 */
export function forkedAt(before: Saved, events: readonly AuditRecord[], { run, message }: ForkPoint): Forked {
  const state = { ...before, task: '', turn: 0 };
  if (message === undefined) return { before: state };
  const spoken = spokenIn(events);
  const wanted = spoken[message - 1];
  if (wanted === undefined) throw new Failure(`${countWords(run, spoken)} Name one of those.`);
  const at = placeOf(wanted, spoken, before.messages);
  if (at === undefined) throw new Failure(wordsWithout(wanted));
  return { before: { ...state, messages: before.messages.slice(0, at) }, seq: wanted.seq };
}

/** Messages are found from the end on, each before the one that came after it. */
function placeOf(wanted: Spoken, spoken: readonly Spoken[], messages: readonly Message[]): number | undefined {
  let end = messages.length;
  for (const { number, text, isWithdrawn } of spoken.toReversed()) {
    if (number < wanted.number) break;
    const at = isWithdrawn ? -1 : messages.slice(0, end).findLastIndex((one) => isSaid(one, text));
    if (number === wanted.number) return at === -1 ? undefined : at;
    if (at !== -1) end = at;
  }
  return undefined;
}

function isSaid(message: Message, text: string | undefined): boolean {
  if (message.role !== 'user' || message.project !== undefined || message.compacted || text === undefined) return false;
  if (message.text === text) return true;
  return text.length > KNOWN_BY && message.text.slice(0, KNOWN_BY) === text.slice(0, KNOWN_BY);
}

function wordsWithout({ number, text, isWithdrawn }: Spoken): string {
  if (isWithdrawn) return `Message ${number} was taken back: begin at another one.`;
  if (text === undefined) return `Message ${number} was erased: begin at another one.`;
  return `What came before message ${number} was summed up since: begin at a later one.`;
}

function countWords(run: string, spoken: readonly Spoken[]): string {
  const lines = spoken.flatMap(({ number, text, isWithdrawn }) =>
    isWithdrawn || text === undefined ? [] : [`${number} "${titleOf(text, 40)}"`],
  );
  return `Run ${run} has ${counted(spoken.length, 'message')} of yours: ${lines.join(', ')}.`;
}

/** Of which run, and from where, one is forked; undefined where it is none. */
export function forkOf(events: readonly AuditRecord[]): ForkPoint | undefined {
  const data = events.find(({ type }) => type === 'forked')?.data;
  if (typeof data?.['from'] !== 'string') return undefined;
  const { from: run, message } = data;
  return { run, message: typeof message === 'number' ? message : undefined };
}

/** The entries of a run that stand before a fork; all of them where the message is not among them. */
export function entriesUpTo(entries: readonly Entry[], { run, message }: ForkPoint): Entry[] {
  const at = entries.findIndex(
    (entry) => entry.kind === 'user' && entry.point?.run === run && entry.point.message === message,
  );
  return entries.slice(0, at === -1 ? undefined : at);
}
