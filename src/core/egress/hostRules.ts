import type { Origin } from '../../shared/decision.ts';
import { allows, forbids, hostPattern, type HostPattern, type Target } from './hostPattern.ts';

/** What a policy says of hosts, with the place that says it. */
export interface HostRules {
  allowedDomains: { value: readonly string[]; origin: Origin };
  deniedDomains: readonly { value: string; origin: Origin }[];
  otherDomains: { value: 'ask' | 'deny' | 'unsaid'; origin: Origin };
}

/** The entry that denies a host. One that cannot be read denies every host: nobody knows which one was meant. */
export function denying(target: Target, { deniedDomains }: HostRules): HostRules['deniedDomains'][number] | undefined {
  return deniedDomains.find(({ value }) => {
    const pattern = hostPattern(value);
    return !pattern || forbids(pattern, target);
  });
}

/** The entry that denies what nobody outside knows the host of, such as the editor's own service: one for every host. */
export function denyingAll({ deniedDomains }: HostRules): HostRules['deniedDomains'][number] | undefined {
  return deniedDomains.find(({ value }) => {
    const pattern = hostPattern(value);
    return !pattern || pattern.of === 'every host';
  });
}

/** The entry that allows a host, by its name alone where `of` says so. One that cannot be read allows nothing. */
export function allowing(target: Target, { allowedDomains }: HostRules, of?: HostPattern['of']): string | undefined {
  return allowedDomains.value.find((entry) => {
    const pattern = hostPattern(entry);
    return pattern !== undefined && (of === undefined || pattern.of === of) && allows(pattern, target);
  });
}
