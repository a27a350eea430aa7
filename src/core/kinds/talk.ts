import type { Talk } from '../../shared/action.ts';
import { decision } from '../policy/decision.ts';
import type { Kind } from './kind.ts';
import { HARMLESS } from './harmless.ts';

/** Saying something to the person, or asking them: nothing is read, changed or sent, and their words are their own. */
export const talk: Kind<Talk> = {
  ...HARMLESS,
  standard: () => decision('allow', 'talk', 'It only speaks to you.'),
  allowed: (_action, _own, wanted) => wanted,
};
