import type { Origin } from '../../shared/decision.ts';

// A built-in default binds nobody.
const RANK: Record<Origin['layer'], number> = { organization: 0, user: 1, workspace: 2, run: 3, 'built-in': 4 };

/** Whether what one layer says binds what another one says. */
export function isBoundBy(own: Origin, other: Origin): boolean {
  return RANK[other.layer] < RANK[own.layer];
}
