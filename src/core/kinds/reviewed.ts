import type { Decision } from '../../shared/decision.ts';
import { decision } from '../policy/decision.ts';
import type { WayInForce } from '../../shared/way.ts';

/** The rule of what is allowed because it is reviewed at the end of its run. */
export const REVIEWED = 'way: review';

export function reviewed({ origin }: WayInForce): Decision {
  return decision('allow', REVIEWED, 'Can be undone whole: you review it afterwards.', origin);
}
