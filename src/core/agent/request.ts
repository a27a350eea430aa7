import { collectReply, type Reply } from '../models/collect.ts';
import { ModelFailure, type FailureKind, type ModelEvent, type ModelRequest } from '../models/port.ts';
import { throwIfStopped } from '../outcome.ts';
import { atLimit } from './atLimit.ts';
import { cloudRule } from './cloudRule.ts';
import { EndedAtLimit } from './ending.ts';
import { spentSince } from './limits.ts';
import { charactersOfRequest } from './size.ts';
import type { Heard } from './runUsage.ts';
import { policyNow, type Talk } from './talk.ts';
import { pause, waitBefore } from './waits.ts';

/** The words of a growing reply are shown up to here, so that a reply without end costs no time without end. */
const SHOWN_WHILE_GROWING = 20_000;
/** An answer without words mostly comes again: it is not asked for as often as a server in trouble. */
const TRIES_FOR_WORDS = 2;

export interface Requested extends ModelRequest {
  /** Whether a person watches the words come. */
  isShown: boolean;
  /** It is what the limits leave room for: the run ends with it. */
  isLastWord?: true;
}

/**
 * One request to the model, until there is a reply: a server that is in trouble, or whose reply is lost on the way, is
 * asked again after a while, in sight and recorded. Nothing of a reply is acted on before it is whole. Throws
 * `ModelFailure` where there is none, `EndedAtLimit` where no more may be spent, `Cancelled` where the signal fires.
 */
export async function request(talk: Talk, asked: Requested, signal: AbortSignal): Promise<Reply> {
  await withinLimits(talk, asked, signal); // a summary of this turn may have used what was left
  for (let failed = 1; ; failed += 1) {
    const outcome = await attempt(talk, asked, signal);
    const lost = outcome.ok ? lostReply(outcome.reply) : outcome.failure;
    if (lost === undefined || !lost.isRetryable) return settled(outcome);
    const { tries, patienceMs } = talk.waits.backoff;
    const most = outcome.ok ? Math.min(tries, TRIES_FOR_WORDS) : tries;
    const waitMs = failed > most ? undefined : waitBefore(failed, lost.retryAfter, talk.waits);
    if (waitMs === undefined) return settled(outcome, failed, patienceMs);
    await withinLimits(talk, asked, signal);
    await tellAgain(talk, lost, { next: failed, most, waitMs });
    await pause(talk.waits.clock, waitMs, signal);
  }
}

/** What a turn has used before counts before more is used: at the limit a person lets it go on, or the run ends. */
async function withinLimits(talk: Talk, asked: Requested, signal: AbortSignal): Promise<void> {
  if (asked.isLastWord) return;
  const limit = spentSince(talk, await policyNow(talk), charactersOfRequest(asked));
  if (!limit) return;
  talk.settleText();
  const atEnd = await atLimit(talk, limit, signal);
  if (atEnd) throw new EndedAtLimit(atEnd);
  talk.usage.takeLeave(); // it is this request that may go over
  throwIfStopped(signal);
}

type Attempt = { ok: true; reply: Reply } | { ok: false; failure: ModelFailure };

/** What came of it, where it is not tried again. */
function settled(outcome: Attempt, tries = 1, patienceMs = Infinity): Reply {
  if (outcome.ok) return outcome.reply;
  const { failure } = outcome;
  const { message, retryAfter = 0, isRetryable } = failure;
  if (!isRetryable) throw failure;
  const again = tries > 1 ? ` It was asked ${tries} times.` : '';
  const later = retryAfter * 1000 > patienceMs ? ` It wants to be left alone for ${secondsWords(retryAfter)}.` : '';
  throw new ModelFailure(`${message}${again}${later} The run goes on where it stands when you resume it.`, failure);
}

async function attempt(talk: Talk, asked: Requested, signal: AbortSignal): Promise<Attempt> {
  const { model, ledger, usage, conversation, redactor } = talk;
  const permit = ledger.permit({
    purpose: 'model',
    rules: [cloudRule(() => policyNow(talk))],
    contentOf: () => conversation.contentOf.entries,
  });
  const characters = charactersOfRequest(asked);
  const heard: Heard = { isAny: false, characters: 0 };
  const { received } = ledger;
  usage.beginRequest();
  try {
    const reply = await collectReply(listening(model.stream(asked, permit, signal), heard), (text) => {
      if (asked.isShown && text.length <= SHOWN_WHILE_GROWING) talk.showText(redactor.growing(text), true);
    });
    throwIfStopped(signal);
    usage.isAsking = false;
    usage.replied(characters, reply);
    return { ok: true, reply };
  } catch (error) {
    if (signal.aborted || !(error instanceof ModelFailure)) throw error;
    usage.isAsking = false;
    if (error.kind === 'overflow') {
      if (!error.isEstimate) usage.context.overflowed(characters, error.message);
    } else if (heard.isAny || (error.status === undefined && ledger.received > received))
      usage.brokenOff(characters, heard);
    return { ok: false, failure: error };
  }
}

/** The same events, and what came of them so far: whatever came, the request was read, and is paid for. */
async function* listening(events: AsyncIterable<ModelEvent>, heard: Heard): AsyncIterable<ModelEvent> {
  for await (const event of events) {
    heard.isAny = true;
    if (event.type === 'text') heard.characters += event.text.length;
    if (event.type === 'call') heard.characters += event.call.arguments.length;
    if (event.type === 'usage') heard.usage = event;
    yield event;
  }
}

/** A reply that says nothing that could be gone on with, as what it is. */
function lostReply({ end }: Reply): ModelFailure | undefined {
  switch (end.why) {
    case 'empty':
      return new ModelFailure('The model gave an empty answer', { kind: 'reply', isRetryable: true });
    case 'broken':
      return new ModelFailure('The reply broke off before its end', { kind: 'reply', isRetryable: true });
    default:
      return undefined;
  }
}

const TROUBLE = {
  rate: 'The server is busy',
  server: 'The server is in trouble',
  network: 'The connection failed',
  timeout: 'The server kept still for too long',
} as const satisfies Partial<Record<FailureKind, string>>;

async function tellAgain(
  talk: Talk,
  { kind, message, status }: ModelFailure,
  { next, most, waitMs }: { next: number; most: number; waitMs: number },
): Promise<void> {
  const trouble = Object.hasOwn(TROUBLE, kind) ? TROUBLE[kind as keyof typeof TROUBLE] : message;
  const wait = waitMs < 1000 ? 'again' : `again in ${Math.round(waitMs / 1000)} s`;
  const words = `${trouble}${status === undefined ? '' : ` (${status})`}; trying ${wait} (${next} of ${most}).`;
  talk.settleText();
  await talk.record(
    'asked_again',
    { kind, next, most, waitMs, ...(status !== undefined && { status }), ...talk.usage.lastUsed },
    { words, cause: message },
  );
  talk.tell(words);
}

function secondsWords(seconds: number): string {
  return seconds < 120 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} minutes`;
}
