import type { InForce } from './keys/keyGroup.ts';
import type { POLICY_KEYS } from './keys/table.ts';
import type { Diagnostic } from './layer.ts';
import { maximumPrivacy } from './privacy.ts';
import { isSame, note, type Value } from './settle.ts';

type Settled = InForce<typeof POLICY_KEYS>;

/**
 * What Maximum privacy makes of the other keys, whatever they say: here once, so that whoever goes by one of them holds
 * it. What is as strict already keeps its own place. The egress ledger holds it too, and asks no other key.
 */
export function underPrivacy(settled: Settled): Settled {
  const origin = maximumPrivacy(settled);
  if (!origin) return settled;
  const held = <T>(key: Value<T>, value: T): Value<T> => (isSame(key.value, value) ? key : { value, origin });
  const { audit } = settled;
  return {
    ...settled,
    sandbox: held(settled.sandbox, true),
    network: held<Settled['network']['value']>(settled.network, 'none'),
    allowCloud: held(settled.allowCloud, false),
    nearbyHosts: held<string[]>(settled.nearbyHosts, []),
    apiCalls: held(settled.apiCalls, false),
    webBrowsing: held(settled.webBrowsing, false),
    audit: { ...audit, otlp: held<Settled['audit']['otlp']['value']>(audit.otlp, null) },
  };
}

/**
 * What the organization has its log sent to nobody below it can switch off, and under Maximum privacy nothing is sent: no
 * run can have both. An error, which stops runs.
 */
export function privacyConflict({ privacy, audit: { otlp } }: Settled): Diagnostic[] {
  const origin = maximumPrivacy({ privacy });
  if (!origin || otlp.value === null || otlp.origin.layer !== 'organization' || origin.layer === 'organization')
    return [];
  const message = `privacy: maximum sends nothing, and the organization has the log sent to ${otlp.value.endpoint} (audit.otlp): nothing runs with both. Remove this line, or have the organization say privacy: maximum itself`;
  return [{ ...note(origin, message), severity: 'error' }];
}
