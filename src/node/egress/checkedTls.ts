import { isIP } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { authorities } from './authorities.ts';
import type { Trusted } from './route.ts';

/** Host and port that an address means; brackets are no part of a host. */
export function hostAndPort({ hostname, port, protocol }: URL): { host: string; port: number } {
  const usual = protocol === 'https:' ? 443 : 80;
  return { host: hostname.replace(/^\[|\]$/g, ''), port: port === '' ? usual : Number(port) };
}

/** A certificate is checked, by whom the person trusts, whatever the environment says. */
export function checkedTls(host: string, trusted: Trusted | undefined): ConnectionOptions {
  return {
    ...(isIP(host) === 0 && { servername: host.replace(/\.$/, '') }),
    ca: authorities(trusted),
    rejectUnauthorized: true,
    minVersion: 'TLSv1.2',
    ALPNProtocols: ['http/1.1'],
  };
}
