import type { Action } from '../../shared/action.ts';
import type { Decision, Origin } from '../../shared/decision.ts';
import type { Standing } from './kind.ts';

const BINDING: readonly Origin['layer'][] = ['organization', 'user', 'workspace', 'run'];

/** Whether what one layer says binds what another one says. */
function isBoundBy(own: Origin, other: Origin): boolean {
  return other.layer !== 'built-in' && BINDING.indexOf(other.layer) < BINDING.indexOf(own.layer);
}

/** A rule allows, unless whoever binds its layer set `confirm_actions: true` and so said that changes ask. */
export function confirmedFirst(
  _action: Action,
  own: Decision,
  wanted: Decision,
  { policy: { confirmActions } }: Standing,
): Decision {
  return confirmActions.value && isBoundBy(own.origin, confirmActions.origin) ? wanted : own;
}
