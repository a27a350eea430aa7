import type { Decision } from '../../shared/decision.ts';
import type { GrantView } from './facts.ts';
import type { EffectivePolicy } from './merge.ts';

/**
 * Which grants, or offers of one, may stand for an `ask`, whatever they cover: nobody is offered to remember what would
 * not count afterwards.
 */
export function mayStandFor<R extends Pick<GrantView, 'isBroad'>>(
  wanted: Decision,
  remembered: readonly R[],
  policy: Pick<EffectivePolicy, 'grants'>,
): R[] {
  if (wanted.verdict !== 'ask' || wanted.eachTime === true || !policy.grants.enabled.value) return [];
  // Who let the run edit a whole folder did not speak of the secrets in it.
  return remembered.filter(({ isBroad }) => wanted.isSensitive !== true || !isBroad);
}
