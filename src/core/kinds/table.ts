import * as z from 'zod';
import { ActionSchema, type Action } from '../../shared/action.ts';
import type { ReadAction } from '../audit/storedAction.ts';
import { decision } from '../policy/decision.ts';
import { browse } from './browse.ts';
import { change } from './change.ts';
import { connect } from './connect.ts';
import { follow } from './follow.ts';
import type { Kind } from './kind.ts';
import { look } from './look.ts';
import { modify } from './modify.ts';
import { plugin } from './plugin.ts';
import { programBlocks } from './programBlocks.ts';
import { query } from './query.ts';
import { run } from './run.ts';
import { send } from './send.ts';
import { talk } from './talk.ts';
import { touched } from './touched.ts';
import { variable } from './variable.ts';

/** Every kind of action. One without an entry does not compile. */
const KINDS: { [K in Action['kind']]: Kind<Extract<Action, { kind: K }>> } = {
  look,
  change,
  run,
  follow,
  talk,
  send,
  browse,
  connect,
  variable,
  query,
  modify,
  plugin,
};

/** What is not known asks, each time, lights every flag, and is allowed by no rule. */
const UNKNOWN: Kind<Action> = {
  isConfined: true,
  canOnlyLook: false,
  standard: () => ({
    ...decision('ask', 'unknown-kind', 'Oversign does not know what this would do.'),
    eachTime: true,
  }),
  allowed: (_action, _own, wanted) => wanted,
  labels: () => ['untrusted', 'private', 'outward'],
  offers: () => [],
  always: () => undefined,
  starts: () => undefined,
  toCover: () => undefined,
  footprint: () => ({ kind: 'anything' }),
  ran: ({ argv }) => argv.at(-1),
  explained: ({ command }) => (command ? programBlocks(command) : []),
  facets: touched,
};

/** Of what was recorded before actions had kinds, the effect tells it. */
const OF_EFFECT = new Map<string, Action['kind']>(
  ActionSchema.options.flatMap(({ shape: { kind, effect } }) =>
    (effect instanceof z.ZodEnum ? effect.options : [effect.value]).map((one) => [one, kind.value]),
  ),
);

/** All that must be known of an action's kind; that of an unknown kind where it is none of the table. */
export function kindOf(action: Action): Kind<Action> {
  // An entry takes actions of its own kind; this one is.
  return Object.hasOwn(KINDS, action.kind) ? KINDS[action.kind] : UNKNOWN;
}

/** Whether an action of this effect may change nothing. What is not known may change anything. */
export function canOnlyLook(effect: string): boolean {
  const name = OF_EFFECT.get(effect);
  return name !== undefined && KINDS[name].canOnlyLook;
}

/** The same of an action as its record is read, whichever version wrote it. */
export function kindOfStored({ of, effect }: ReadAction): Pick<Kind<Action>, 'ran' | 'explained' | 'facets'> {
  const name = of ?? OF_EFFECT.get(effect) ?? '';
  return Object.hasOwn(KINDS, name) ? KINDS[name as Action['kind']] : UNKNOWN;
}
