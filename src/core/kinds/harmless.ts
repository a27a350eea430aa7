import type { Action } from '../../shared/action.ts';
import type { Kind } from './kind.ts';
import { touched } from './touched.ts';

/** What is the same of kinds that read, change, start and send nothing: nobody is asked, so nothing is remembered. */
export const HARMLESS = {
  isConfined: false,
  canOnlyLook: true,
  labels: () => [],
  offers: () => [],
  always: () => undefined,
  starts: () => undefined,
  toCover: () => undefined,
  footprint: () => ({ kind: 'nothing' }),
  ran: () => undefined,
  explained: () => [],
  facets: touched,
} satisfies Omit<Kind<Action>, 'standard' | 'allowed'>;
