import { hostOf } from './hostName.ts';

/** Where a connection would go. `host`: as hostName.ts spells it. */
export interface Target {
  host: string;
  port: number;
}

/** An entry of `allowed_domains` or `denied_domains`: `example.com`, `*.example.com`, `*`, each with a port, `:*`, or without. */
export interface HostPattern {
  /** Its host in the one spelling; empty for `*`. */
  host: string;
  of: 'itself' | 'below' | 'every host';
  port: number | 'every port' | undefined;
}

/** What an entry without a port allows: what is encrypted. */
const USUAL = 443;

export function hostPattern(written: string): HostPattern | undefined {
  const [, name = '', said] = /^(\[[^\]]*\]|[^[\]:]+)(?::(\*|[0-9]{1,5}))?$/.exec(written) ?? bare(written);
  const port = said === '*' ? 'every port' : said === undefined ? undefined : Number(said);
  if (name === '' || port === 0 || (typeof port === 'number' && port > 65_535)) return undefined;
  if (name === '*') return { host: '', of: 'every host', port };
  const isBelow = name.startsWith('*.');
  const host = hostOf(isBelow ? name.slice(2) : name);
  if (!host || (isBelow && host.address !== undefined)) return undefined;
  return { host: host.name, of: isBelow ? 'below' : 'itself', port };
}

/** `2001:db8::1`: of the colons none begins a port. */
function bare(written: string): string[] {
  return /^[0-9a-f:.]*:[0-9a-f:.]*:[0-9a-f:.]*$/i.test(written) ? ['', written] : [];
}

/** An entry in the one spelling, which is how the policy in force has it. */
export function patternText({ host, of, port }: HostPattern): string {
  const name = of === 'every host' ? '*' : of === 'below' ? `*.${host}` : host;
  return port === undefined ? name : `${name}:${port === 'every port' ? '*' : port}`;
}

/** To allow: exactly the host, or exactly those below it; and the port of https where none is said. */
export function allows(pattern: HostPattern, target: Target): boolean {
  return isMeant(pattern, target.host) && (pattern.port === 'every port' || (pattern.port ?? USUAL) === target.port);
}

/** To deny: the host and all below it, which its owner makes as they like; and every port where none is said. */
export function forbids(pattern: HostPattern, target: Target): boolean {
  const isHost = isMeant(pattern, target.host) || (pattern.of === 'itself' && isBelow(pattern.host, target.host));
  return isHost && (typeof pattern.port !== 'number' || pattern.port === target.port);
}

/** Whether all that one entry allows is allowed by the other. */
export function covers(wide: HostPattern, narrow: HostPattern): boolean {
  return coversHost(wide, narrow) && coversPort(wide, narrow);
}

/** What both allow, as an entry; undefined where that is nothing. */
export function common(one: HostPattern, other: HostPattern): HostPattern | undefined {
  const [host, port] = [narrower(one, other, coversHost), narrower(one, other, coversPort)];
  return host && port && { host: host.host, of: host.of, port: port.port };
}

function narrower(
  one: HostPattern,
  other: HostPattern,
  covers: (wide: HostPattern, narrow: HostPattern) => boolean,
): HostPattern | undefined {
  return covers(one, other) ? other : covers(other, one) ? one : undefined;
}

function coversPort(wide: HostPattern, narrow: HostPattern): boolean {
  return wide.port === 'every port' || (wide.port ?? USUAL) === (narrow.port ?? USUAL);
}

function coversHost(wide: HostPattern, narrow: HostPattern): boolean {
  if (wide.of === 'every host') return true;
  if (wide.of === 'itself') return narrow.of === 'itself' && narrow.host === wide.host;
  if (narrow.of === 'every host') return false;
  return isBelow(wide.host, narrow.host) || (narrow.of === 'below' && narrow.host === wide.host);
}

function isMeant({ host, of }: HostPattern, name: string): boolean {
  return of === 'every host' || (of === 'itself' ? name === host : isBelow(host, name));
}

/** An address has nothing below it: `*.1.2.3.4` is no entry, and `9.1.2.3.4` no host. */
function isBelow(host: string, name: string): boolean {
  return name.endsWith(`.${host}`);
}
