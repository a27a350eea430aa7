import type { Action, ReadVariable } from '../../shared/action.ts';
import { named } from '../../shared/named.ts';
import { decision } from '../policy/decision.ts';
import type { Kind } from './kind.ts';

/** Reading an environment variable: what it holds is private, and goes to the model. */
export const variable: Kind<ReadVariable> = {
  isConfined: false,
  canOnlyLook: true,
  standard: ({ name }) =>
    decision('ask', 'environment', `The value of ${named(name)} would go to the model, and stay in the conversation.`),
  allowed: (_action, own) => own,
  labels: () => ['private'],
  offers: ({ name }) => [
    {
      ...{ id: 'variable', words: `reading the variable ${named(name)}`, isBroad: false },
      covers: (other: Action) => other.kind === 'variable' && other.name === name,
    },
  ],
  always: () => undefined,
  starts: () => undefined,
  toCover: () => undefined,
  footprint: () => ({ kind: 'nothing' }),
  ran: () => undefined,
  explained: () => [],
  facets: () => ({ paths: [], origins: [] }),
};
