import type { Decision } from '../../shared/decision.ts';
import { named } from '../../shared/named.ts';
import { decision } from '../policy/decision.ts';
import { asParsed, hostOf, meansThisMachine } from './hostName.ts';
import type { Target } from './hostPattern.ts';
import { allowing, denying, type HostRules } from './hostRules.ts';
import { addressDenial } from './judgeAddress.ts';

/**
 * What the policy says of a host before anything is sent, and before its name is looked up: that would tell its owner.
 * A host that nobody named asks; what is no host is denied; an address is judged here, a name's when it is known.
 */
export function hostDecision(target: Target, rules: HostRules): Decision {
  const host = hostOf(target.host);
  if (host?.name !== target.host || !(target.port > 0 && target.port <= 65_535))
    return decision('deny', 'host', `${named(target.host)} is no host.`);
  const forbidding = denying(target, rules);
  if (forbidding)
    return decision('deny', 'denied_domains', `${named(forbidding.value)} is denied to every tool.`, forbidding.origin);
  const literal = host.address ?? (meansThisMachine(host.name) ? '127.0.0.1' : undefined);
  const refused = literal === undefined ? undefined : addressDenial(target, literal, { rules, own: [] });
  if (refused) return refused;
  const entry = allowing(target, rules);
  if (entry !== undefined)
    return decision(
      'allow',
      'allowed_domains',
      `${named(entry)} is among your allowed hosts.`,
      rules.allowedDomains.origin,
    );
  const { value, origin } = rules.otherDomains;
  return value === 'deny'
    ? decision('deny', 'other_domains', `${named(shownHost(target))} is not among your allowed hosts.`, origin)
    : decision('ask', 'other-host', `${named(shownHost(target))} is not among your allowed hosts.`);
}

/** A host as people read it: with its port, where that is not the one of https. */
export function shownHost({ host, port }: Target): string {
  return port === 443 ? host : `${host}:${port}`;
}

/** Where an address of the web leads; undefined where that is none, or no host. */
export function targetOf(url: URL): Target | undefined {
  const host = asParsed(url.hostname);
  const usual = url.protocol === 'https:' ? 443 : url.protocol === 'http:' ? 80 : undefined;
  if (!host || usual === undefined) return undefined;
  return { host: host.name, port: url.port === '' ? usual : Number(url.port) };
}
