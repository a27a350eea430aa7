import { EgressLedger } from '../egress/ledger.ts';
import { Cancelled, kindOfError } from '../outcome.ts';
import { RunTakenOver } from '../audit/port.ts';
import { endingBy, type Outcome } from './ending.ts';
import { lastWord } from './lastWord.ts';
import { converse } from './loop.ts';
import { RESUMED } from './spokenInLog.ts';
import { RunBriefing } from './runBriefing.ts';
import type { Talk } from './talk.ts';
import { TimeLimit } from './timeLimit.ts';
import type { Said } from './waitingMessages.ts';
import { talkOf, type WorkOf } from './workOf.ts';

/**
 * One piece of work of a run, from a message (or from where it stood) to its end, with the records of both. Throws where
 * it could not begin, or its end could not be recorded.
 */
export async function pieceOfWork(message: Said | undefined, stop: AbortController, run: WorkOf): Promise<Outcome> {
  const { conversation, budget, transcript, log } = run;
  const { model, clock, calls, facts, who, folder, folders, way } = run.parts;
  const { isFirst } = conversation.begin(message);
  await run.save(); // from here on a crash loses nothing that was said
  const { policy } = await calls.refresh();
  const work = new AbortController();
  const signal = AbortSignal.any([stop.signal, work.signal]);
  const briefing = new RunBriefing(run);
  const time = new TimeLimit(work);
  const ledger = new EgressLedger(
    ({ data, payload }) => log.add('egress', data, payload),
    async () => (await calls.refresh()).policy,
  );
  const talk = talkOf(run, { ledger, time, briefing, signal });
  budget.begin(policy, clock, (seconds) => {
    time.up(talk, seconds, signal);
  });
  run.usage.context.use(model);
  run.usage.beginPiece();
  run.begun();
  await log.add(
    isFirst ? 'run_started' : 'run_continued',
    { ...facts, provider: model.provider, model: model.label, way: way.now },
    { task: message?.text ?? RESUMED, folder, folders: [...folders], destination: model.destination, ...who },
  );
  const outcome = withUnanswered(await outcomeOf(run, talk, { signal, briefing }), run.unanswered());
  await time.over();
  if (outcome.limit !== undefined) await lastWord(talk, stop.signal);
  await log.payOwed();
  const { state, reason, by, isElsewhere } = outcome;
  const { received } = ledger;
  const unanswered = run.unanswered();
  if (state === 'interrupted') {
    // Whoever it was taken over by has recorded how it went on.
    if (!isElsewhere || by) await log.add('interrupted', { reason, ...(by && { ...by, by: 'person' }) });
  } else
    await log.add(
      'run_finished',
      {
        ...{ state, turns: budget.turns, ...by },
        ...(received > 0 && { received }),
        ...(unanswered > 0 && { unanswered }),
      },
      { reason },
    );
  if (state !== 'finished' || unanswered > 0)
    transcript.add({ kind: 'notice', level: state === 'failed' ? 'error' : 'warning', text: reason });
  return outcome;
}

interface Working {
  /** Fires when the work is ended, by whatever. */
  signal: AbortSignal;
  briefing: RunBriefing;
}

/** "The agent is done" is half of it where it was kept from something for want of a person. */
function withUnanswered(outcome: Outcome, unanswered: number): Outcome {
  if (unanswered === 0 || outcome.state !== 'finished') return outcome;
  const what = unanswered === 1 ? '1 action was' : `${unanswered} actions were`;
  return {
    ...outcome,
    reason: `The agent is done, but ${what} not done: nobody was there to approve ${unanswered === 1 ? 'it' : 'them'}.`,
  };
}

/** Converses until there is an outcome; what was said up to then is saved. */
async function outcomeOf(run: WorkOf, talk: Talk, { signal, briefing }: Working): Promise<Outcome> {
  const { budget, transcript, log } = run;
  const { redactor, calls, onBug } = run.parts;
  let isTakenOver = false;
  budget.start();
  try {
    await briefing.begin(await calls.refresh(), signal);
    return await converse(talk, signal).finally(() => calls.goingOn.end(new Cancelled('its run ended')));
  } catch (error) {
    isTakenOver = error instanceof RunTakenOver;
    const ended = endingBy(error, signal);
    const outcome = { ...ended, reason: redactor.text(ended.reason) };
    const { state } = ended;
    if (state === 'failed' && kindOfError(error) === 'bug') onBug(error);
    if (state === 'failed') await log.add('error', {}, { message: outcome.reason });
    return outcome;
  } finally {
    budget.pause();
    transcript.settle();
    await run.save().catch((error: unknown) => {
      if (!isTakenOver) throw error; // else it is another one's conversation by now
    });
  }
}
