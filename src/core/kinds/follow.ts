import type { Follow } from '../../shared/action.ts';
import { decision } from '../policy/decision.ts';
import type { Kind } from './kind.ts';
import { HARMLESS } from './harmless.ts';

/**
 * Following a command that this run has started: what it may do, and what its output may hold, was decided when it
 * began, and its flags are lit since.
 */
export const follow: Kind<Follow> = {
  ...HARMLESS,
  standard: () => decision('allow', 'own-command', 'It is about a command that this run has started.'),
  allowed: (_action, own) => own,
};
