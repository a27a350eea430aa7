import type { EgressLedger } from '../egress/ledger.ts';
import type { CallRun } from '../tools/callRun.ts';
import type { Budget } from './budget.ts';
import type { Conversation } from './conversation.ts';
import type { RunParts } from './runParts.ts';
import type { RunRecord } from './runRecord.ts';
import type { RunUsage } from './runUsage.ts';
import type { Talk } from './talk.ts';
import type { TimeLimit } from './timeLimit.ts';
import type { Transcript } from './transcript.ts';

/** What one piece of work uses of its run. */
export interface WorkOf {
  parts: Pick<
    RunParts,
    | 'id'
    | 'model'
    | 'way'
    | 'clock'
    | 'random'
    | 'backoff'
    | 'calls'
    | 'redactor'
    | 'facts'
    | 'who'
    | 'folder'
    | 'folders'
    | 'machine'
    | 'answerer'
    | 'limitDesk'
    | 'newId'
    | 'onBug'
    | 'onChange'
  >;
  conversation: Conversation;
  budget: Budget;
  usage: RunUsage;
  transcript: Transcript;
  log: RunRecord;
  callRun(signal: AbortSignal): CallRun;
  attended(): Promise<void>;
  /** How many actions of this piece of work were not done because nobody was there to approve them. */
  unanswered(): number;
  /** Told when it begins and stops to wait for a person. */
  waiting(isWaiting: boolean): void;
  save(): Promise<void>;
  /** What is in force could be read: from here on it works. */
  begun(): void;
}

interface Briefing {
  touched(paths: readonly string[], signal: AbortSignal): Promise<void>;
}

/** What the loop works on, of one piece of work. */
export function talkOf(
  run: WorkOf,
  {
    ledger,
    time,
    briefing,
    signal,
  }: { ledger: EgressLedger; time: TimeLimit; briefing: Briefing; signal: AbortSignal },
): Talk {
  const { conversation, budget, usage, transcript, log } = run;
  const { id, model, redactor, calls, clock, random, backoff, answerer, limitDesk, newId, onChange } = run.parts;
  const attended = async (): Promise<void> => {
    await run.attended();
    await time.answered();
  };
  return {
    ...{ model, redactor, calls, conversation, budget, usage, ledger, attended },
    waits: { clock, random, backoff },
    limits: {
      ...{ desk: limitDesk, isPersonThere: answerer === 'person', run: id, newId },
      now: () => clock.monotonic(),
      attended: () => run.attended(),
      waiting: (isWaiting) => {
        run.waiting(isWaiting);
      },
    },
    callRun: () => ({ ...run.callRun(signal), attended }),
    showText: (text, streaming) => {
      transcript.assistant(text, { streaming, turn: budget.turn });
      onChange();
    },
    settleText: () => {
      transcript.settle();
    },
    tell: (words) => {
      transcript.add({ kind: 'notice', level: 'info', text: words });
      onChange();
    },
    record: (type, data, payload) => log.add(type, data, payload),
    save: () => run.save(),
    touched: (paths) => briefing.touched(paths, signal),
  };
}
