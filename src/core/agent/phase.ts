import type { RunState } from '../../shared/runView.ts';
import type { Outcome } from './ending.ts';

/** Where a run stands: at rest, as its last work ended, or at work. */
export type Phase =
  | { at: 'rest'; ended: Outcome['state']; reason: string }
  | {
      at: 'work';
      stop: AbortController;
      /** `between`: it claims its folders, or gives them back, and still shows how its work ended. */
      doing: 'between' | 'running' | 'waiting' | 'stopping';
      ended: Outcome['state'];
      reason: string;
    };

/** How a run's last work ended. */
export type Rest = Pick<Phase, 'ended' | 'reason'>;

/** At rest, as its last work ended; a new one has nothing behind it. */
export function atRest({ ended, reason }: Rest = { ended: 'finished', reason: '' }): Phase {
  return { at: 'rest', ended, reason };
}

/** How a phase is shown. */
export function stateOf(phase: Phase): RunState {
  return phase.at === 'rest' || phase.doing === 'between' ? phase.ended : phase.doing;
}

export function beginning(phase: Phase, stop: AbortController): Phase {
  return { at: 'work', stop, doing: 'between', ended: phase.ended, reason: phase.reason };
}

/** While it is at rest, nothing is done. */
export function doing(phase: Phase, what: 'running' | 'waiting' | 'stopping', reason: string): Phase {
  return phase.at === 'rest' ? phase : { ...phase, doing: what, reason };
}

/** The work has an end, which its record says already; the folders are still its own. */
export function ending(phase: Phase, { state, reason }: Outcome): Phase {
  return phase.at === 'rest'
    ? { ...phase, ended: state, reason }
    : { ...phase, doing: 'between', ended: state, reason };
}

/** A stop that came after the end has nothing to stop. */
export function resting(phase: Phase): Phase {
  return atRest(phase);
}
