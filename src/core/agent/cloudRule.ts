import { originText } from '../../shared/decision.ts';
import { isNearby } from '../egress/nearby.ts';
import { targetOf } from '../egress/hostDecision.ts';
import { denying, denyingAll, type HostRules } from '../egress/hostRules.ts';
import type { EgressRule } from '../egress/port.ts';
import { ModelFailure } from '../models/port.ts';
import type { EffectivePolicy } from '../policy/merge.ts';

type Policy = Pick<EffectivePolicy, 'allowCloud' | 'nearbyHosts' | keyof HostRules>;

/** No prompt goes to a denied host, and prompts leave this machine only where the policy in force, read for each sending, lets them. */
export function cloudRule(policyNow: () => Promise<Policy>): EgressRule {
  return async ({ isLocal, forwardedTo, origin }) => {
    const policy = await policyNow();
    const url = new URL(origin);
    const target = targetOf(url);
    const denied = target ? denying(target, policy) : denyingAll(policy);
    // What has no host has a scheme of its own (node/models/editorModel.ts); an address of the web has one, or is none.
    if (denied || (!target && /^(https?|wss?):$/.test(url.protocol)))
      throw new ModelFailure(
        `Your policy lets nothing go to ${origin}${denied ? ` (denied_domains, ${originText(denied.origin)})` : ''}. Choose another model.`,
        { kind: 'refused' },
      );
    if (isLocal && forwardedTo === undefined) return;
    const isNamed = isNearby(origin, policy.nearbyHosts.value);
    if (!isLocal && /^http:/i.test(origin) && !isNamed)
      throw new ModelFailure(
        `${origin} is not encrypted, and your policy does not name it as nearby (model.nearby_hosts).`,
        { kind: 'refused' },
      );
    const isNear = isNamed && forwardedTo === undefined;
    if (policy.allowCloud.value || (isNear && isMeantToo(policy))) return;
    throw new ModelFailure(
      `Your policy lets no prompt go to another machine (model.allow_cloud, ${originText(policy.allowCloud.origin)})${forwardedTo === undefined ? '' : `, and this one runs at ${forwardedTo}`}. Choose a model on this machine.`,
      { kind: 'refused' },
    );
  };
}

/**
 * Whether who forbids other machines is also who names the ones nearby, or is bound by them: the organization's hosts are
 * no cloud whoever forbids it; the user's are none where the user forbids it, and not where anybody else does.
 */
function isMeantToo({ allowCloud, nearbyHosts }: Policy): boolean {
  const by = nearbyHosts.origin.layer;
  return by === 'organization' || (by === 'user' && allowCloud.origin.layer === 'user');
}
