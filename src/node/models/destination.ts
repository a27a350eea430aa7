import { believedToo } from '../egress/authorities.ts';
import { isLoopback } from '../egress/loopback.ts';
import { carrierWords, unusedProxyWords } from '../egress/proxies.ts';

/**
 * Where prompts and tool results go, and what carries them there. A program on this machine may forward them; that is
 * said too, and so it is of a library that sees to connections.
 */
export function destinationWords(baseUrl: string, environment: NodeJS.ProcessEnv = process.env): string {
  const { hostname, host, protocol } = new URL(baseUrl);
  const words = isLoopback(hostname)
    ? `Prompts and tool results are sent to ${host} on this machine; what that program forwards is its own affair.`
    : `Prompts and tool results go to ${host}.${unusedProxyWords(environment)}`;
  return words + carrierWords(environment) + (protocol === 'https:' ? believedToo(environment) : '');
}
