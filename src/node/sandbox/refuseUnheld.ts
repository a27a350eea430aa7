import type { SandboxSpec } from '../../core/sandbox/port.ts';

/** What runs because nothing is changed that undo does not cover never runs where that is not held, whoever asks. */
export function refuseUnheld({ launch, held }: Pick<SandboxSpec, 'launch' | 'held'>, holds: boolean): void {
  if (launch.uncovered !== undefined && (!holds || held === undefined))
    throw new Error('what undo does not cover was to be held read-only, and is not');
}
