import type { Action } from '../../shared/action.ts';
import type { Decision } from '../../shared/decision.ts';
import { isBoundBy } from '../policy/binding.ts';
import type { Standing } from './kind.ts';

/** A rule allows, unless whoever binds its layer set `confirm_actions: true` and so said that changes ask. */
export function confirmedFirst(
  _action: Action,
  own: Decision,
  wanted: Decision,
  { policy: { confirmActions } }: Standing,
): Decision {
  return confirmActions.value && isBoundBy(own.origin, confirmActions.origin) ? wanted : own;
}
