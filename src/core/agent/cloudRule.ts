import { originText } from '../../shared/decision.ts';
import type { EgressRule } from '../egress/port.ts';
import { ModelFailure } from '../models/port.ts';
import type { EffectivePolicy } from '../policy/merge.ts';

/** Prompts leave this machine only where the policy in force, read for each sending, lets them. */
export function cloudRule(policyNow: () => Promise<Pick<EffectivePolicy, 'allowCloud'>>): EgressRule {
  return async ({ isLocal }) => {
    const { allowCloud } = await policyNow();
    if (!isLocal && !allowCloud.value)
      throw new ModelFailure(
        `Your policy lets no prompt go to another machine (model.allow_cloud, ${originText(allowCloud.origin)}). Choose a model on this machine.`,
      );
  };
}
