import { originText, type Origin } from '../../shared/decision.ts';
import { believedToo } from '../egress/authorities.ts';
import { isLoopback } from '../egress/loopback.ts';
import { carrierWords, unusedProxyWords } from '../egress/proxies.ts';
import { proxyName, type Route } from '../egress/route.ts';

/** How a model's server is reached: the route there, and who names it as nearby. */
export interface Way {
  route: Route;
  namedBy?: Origin | undefined;
}

export const STRAIGHT_WAY: Way = { route: {} };

/**
 * Where prompts and tool results go, and what carries them there. A program on this machine or nearby may forward them;
 * that is said too, and so it is of a proxy and of a library that sees to connections.
 */
export function destinationWords(
  baseUrl: string,
  environment: NodeJS.ProcessEnv = process.env,
  { route, namedBy }: Way = STRAIGHT_WAY,
): string {
  const { protocol } = new URL(baseUrl);
  return (
    whereWords(baseUrl, { route, namedBy }, environment) +
    carrierWords(environment) +
    (protocol === 'https:' ? believedToo(route.trusted, environment) : '')
  );
}

function whereWords(baseUrl: string, { route, namedBy }: Way, environment: NodeJS.ProcessEnv): string {
  const { hostname, host, protocol } = new URL(baseUrl);
  if (isLoopback(hostname))
    return `Prompts and tool results are sent to ${host} on this machine; what that program forwards is its own affair.`;
  if (route.isNearby === true && namedBy) {
    const how = protocol === 'http:' ? ', unencrypted' : '';
    return `Prompts and tool results are sent to ${host} on your network${how}, as ${originText(namedBy)} allows by name (model.nearby_hosts); what that program forwards is its own affair.`;
  }
  const { proxy } = route;
  return proxy
    ? `Prompts and tool results go to ${host}, through the proxy ${proxyName(proxy)}.`
    : `Prompts and tool results go to ${host}.${unusedProxyWords(environment)}`;
}
