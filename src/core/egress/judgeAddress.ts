import type { Decision } from '../../shared/decision.ts';
import { named } from '../../shared/named.ts';
import { decision } from '../policy/decision.ts';
import { addressText, bytesOf } from './address.ts';
import { kindOfAddress, type AddressKind } from './addressKinds.ts';
import { asParsed, meansThisMachine } from './hostName.ts';
import type { Target } from './hostPattern.ts';
import { allowing, denying, type HostRules } from './hostRules.ts';

const WORDS: Record<Exclude<AddressKind, 'public'>, string> = {
  'this machine': 'this machine itself',
  'private network': 'in a private network',
  'link-local': 'on the local link',
  metadata: 'where clouds keep credentials',
  translated: 'another address in disguise',
  multicast: 'for many machines at once',
  documentation: 'for examples only',
  special: 'no public address',
};

/** What an address is judged by: the policy, and the addresses that this machine has itself. */
interface Judging {
  rules: HostRules;
  own: readonly string[];
}

/**
 * The denial of an address that a host leads to; undefined where it may be dialled. Public ones may. One that the policy
 * names may, for hosts that it names too. And one of a private network, for a host that it names exactly: its owner could
 * lead elsewhere in that network, but there answers no other machine with that name's certificate.
 */
export function addressDenial(target: Target, address: string, { rules, own }: Judging): Decision | undefined {
  const bytes = bytesOf(address);
  const kind = kindOfAddress(address);
  if (!bytes || !kind) return denied(`${named(target.host)} leads to ${named(address)}, which is no address.`);
  const plain = addressText(bytes);
  const direct: Target = { ...target, host: asParsed(plain.includes(':') ? `[${plain}]` : plain)?.name ?? plain };
  const forbidding = denying(direct, rules);
  if (forbidding)
    return decision(
      'deny',
      'denied_domains',
      `${leadsTo(target, plain)} ${named(forbidding.value)} is denied.`,
      forbidding.origin,
    );
  const isOwn = own.some((one) => sameAddress(one, bytes));
  if (kind === 'public' && !isOwn) return undefined;
  if (kind !== 'multicast' && allowing(target, rules, 'itself') !== undefined) {
    if (allowing(direct, rules, 'itself') !== undefined) return undefined;
    if (kind === 'private network' && !isOwn) return undefined;
    if (kind === 'this machine' && meansThisMachine(target.host)) return undefined;
  }
  const what = WORDS[isOwn || kind === 'public' ? 'this machine' : kind];
  return denied(`${leadsTo(target, plain)} It is ${what}. To allow it, name ${named(plain)} in allowed_domains.`);
}

function denied(reason: string): Decision {
  return decision('deny', 'address', reason);
}

function leadsTo({ host }: Target, address: string): string {
  return host === address || host === `[${address}]`
    ? `${named(address)} is an address.`
    : `${named(host)} leads to ${named(address)}.`;
}

function sameAddress(one: string, bytes: readonly number[]): boolean {
  const other = bytesOf(one);
  return other !== undefined && addressText(other) === addressText(bytes);
}
