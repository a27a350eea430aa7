import { EgressLedger } from '../egress/ledger.ts';
import { kindOfError, LimitReached } from '../outcome.ts';
import { RunTakenOver } from '../audit/port.ts';
import type { CallRun } from '../tools/callRun.ts';
import type { Budget } from './budget.ts';
import type { Conversation } from './conversation.ts';
import { endingBy, type Outcome } from './ending.ts';
import { converse } from './loop.ts';
import { RESUMED } from './past.ts';
import type { RunParts } from './runParts.ts';
import type { RunRecord } from './runRecord.ts';
import type { Transcript } from './transcript.ts';

/** What one piece of work uses of its run. */
export interface WorkOf {
  parts: Pick<
    RunParts,
    'model' | 'clock' | 'calls' | 'redactor' | 'facts' | 'who' | 'folder' | 'folders' | 'onBug' | 'onChange'
  >;
  conversation: Conversation;
  budget: Budget;
  transcript: Transcript;
  log: RunRecord;
  callRun(signal: AbortSignal): CallRun;
  attended(): Promise<void>;
  save(): Promise<void>;
  /** What is in force could be read: from here on it works. */
  begun(): void;
}

/**
 * One piece of work of a run, from a message (or from where it stood) to its end, with the records of both. Throws where
 * it could not begin, or its end could not be recorded.
 */
export async function pieceOfWork(message: string | undefined, stop: AbortController, run: WorkOf): Promise<Outcome> {
  const { conversation, budget, transcript, log } = run;
  const { model, clock, calls, facts, who, folder, folders } = run.parts;
  const { isFirst } = conversation.begin(message);
  await run.save(); // from here on a crash loses nothing that was said
  const { policy } = await calls.refresh();
  budget.begin(policy, clock, (seconds) => {
    stop.abort(new LimitReached(`It worked for ${seconds} s, the limit of your policy (timeout).`));
  });
  run.begun();
  await log.add(
    isFirst ? 'run_started' : 'run_continued',
    { ...facts, provider: model.provider, model: model.label },
    { task: message ?? RESUMED, folder, folders: [...folders], destination: model.destination, ...who },
  );
  const ledger = new EgressLedger(({ data, payload }) => log.add('egress', data, payload));
  const outcome = await outcomeOf(run, ledger, stop.signal);
  await log.payOwed();
  const { state, reason, by, isElsewhere } = outcome;
  const { received } = ledger;
  if (state === 'interrupted') {
    // Whoever it was taken over by has recorded how it went on.
    if (!isElsewhere || by) await log.add('interrupted', { reason, ...(by && { ...by, by: 'person' }) });
  } else
    await log.add('run_finished', { state, turns: budget.turns, ...by, ...(received > 0 && { received }) }, { reason });
  if (state !== 'finished')
    transcript.add({ kind: 'notice', level: state === 'failed' ? 'error' : 'warning', text: reason });
  return outcome;
}

/** Converses until there is an outcome; what was said up to then is saved. */
async function outcomeOf(run: WorkOf, ledger: EgressLedger, signal: AbortSignal): Promise<Outcome> {
  const { conversation, budget, transcript, log } = run;
  const { model, redactor, calls, onBug, onChange } = run.parts;
  let isTakenOver = false;
  budget.start();
  try {
    return await converse(
      {
        ...{ model, redactor, calls, conversation, budget, ledger },
        callRun: () => run.callRun(signal),
        showText: (text, streaming) => {
          transcript.assistant(text, { streaming, turn: budget.turn });
          onChange();
        },
        tell: (words) => {
          transcript.add({ kind: 'notice', level: 'info', text: words });
          onChange();
        },
        record: (type, data, payload) => log.add(type, data, payload),
        save: () => run.save(),
        attended: () => run.attended(),
      },
      signal,
    );
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
