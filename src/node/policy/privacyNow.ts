import type { PrivacyNow } from '../../core/egress/ledger.ts';
import { mergePolicies } from '../../core/policy/merge.ts';
import { PolicyInvalid } from '../../core/policy/policyInvalid.ts';
import type { PolicySource } from '../../core/policy/port.ts';

/** What the policy files say of privacy whenever something leaves that is of no run. Throws `PolicyInvalid`: nothing leaves then. */
export function privacyNow(policies: PolicySource, folders: number): PrivacyNow {
  return async () => {
    const loaded = await policies.load();
    if (!loaded.ok) throw new PolicyInvalid(loaded.diagnostics);
    return mergePolicies(loaded.layers, folders);
  };
}
