import type { Fault } from '../../shared/fault.ts';
import type { RunState } from '../../shared/runView.ts';
import { RunFull, RunTakenOver } from '../audit/port.ts';
import type { StoppedBy } from '../../shared/answered.ts';
import type { LimitKind } from '../../shared/limitQuestion.ts';
import { faultOf, Interruption, LimitReached, reasonText } from '../outcome.ts';
import { HandedOver, Stopped } from '../stopped.ts';

/** How a run's work ended, and why. */
export interface Outcome {
  state: Extract<RunState, 'finished' | 'stopped' | 'limit' | 'failed' | 'interrupted'>;
  reason: string;
  /** The limit of the policy, or of patience, that it came to: the model has a last word then. */
  limit?: LimitKind;
  /** What stopped it, where that is known. */
  by?: StoppedBy;
  /** It goes on somewhere else, or may: nobody goes on with it here by what is known here. */
  isElsewhere?: true;
  /** What made it fail, as programs know it. */
  fault?: Fault;
}

/** The run may use no more, in the middle of a turn. */
export class EndedAtLimit extends LimitReached {
  override name = 'EndedAtLimit';
  readonly outcome: Outcome;

  constructor(outcome: Outcome) {
    super(outcome.reason);
    this.outcome = outcome;
  }
}

/** What an error means for the run: a stop, a limit, or a failure (which ends in the log like everything else). */
export function endingBy(error: unknown, signal: AbortSignal): Outcome {
  if (error instanceof RunTakenOver) return { state: 'interrupted', reason: error.message, isElsewhere: true };
  if (error instanceof RunFull) return { state: 'limit', reason: error.message };
  if (!signal.aborted && error instanceof Interruption) return { state: 'interrupted', reason: error.message };
  if (!signal.aborted)
    return {
      state: 'failed',
      reason: error instanceof Error ? error.message : 'unknown failure',
      fault: faultOf(error),
    };
  const reason: unknown = signal.reason;
  if (reason instanceof LimitReached) return { state: 'limit', reason: reason.message, limit: 'time' };
  if (reason instanceof HandedOver)
    return { state: 'interrupted', reason: reason.message, by: { by: 'person', ...reason.from }, isElsewhere: true };
  if (reason instanceof Interruption) return { state: 'interrupted', reason: reasonText(reason) };
  return { state: 'stopped', reason: reasonText(reason), ...(reason instanceof Stopped && { by: reason.from }) };
}
