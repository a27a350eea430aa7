import type { Action } from '../../shared/action.ts';
import { decision } from '../policy/decision.ts';
import { change } from './change.ts';
import type { Kind } from './kind.ts';
import { look } from './look.ts';
import { run } from './run.ts';

/** Every kind of action. One without an entry does not compile. */
const KINDS: { [K in Action['kind']]: Kind<Extract<Action, { kind: K }>> } = { look, change, run };

/** What is not known asks, each time, lights every flag, and is allowed by no rule. */
const UNKNOWN: Kind<Action> = {
  isConfined: true,
  standard: () => ({ ...decision('ask', 'unknown-kind', 'what this would do is not known'), eachTime: true }),
  allowed: (_action, _own, wanted) => wanted,
  labels: () => ['untrusted', 'private', 'outward'],
  offers: () => [],
  always: () => undefined,
  starts: () => undefined,
  toCover: () => undefined,
  footprint: () => ({ kind: 'anything' }),
  ran: () => undefined,
};

/** All that must be known of an action's kind; that of an unknown kind where it is none of the table. */
export function kindOf(action: Action): Kind<Action> {
  // An entry takes actions of its own kind; this one is.
  return Object.hasOwn(KINDS, action.kind) ? KINDS[action.kind] : UNKNOWN;
}
