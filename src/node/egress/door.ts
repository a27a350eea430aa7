import { isNearby } from '../../core/egress/nearby.ts';
import type { PermitSending } from '../../core/egress/port.ts';
import { isLoopback, namesNoMachine } from './loopback.ts';
import { measured } from './measured.ts';
import { carrierOf } from './proxies.ts';
import { sendRequest } from './request.ts';
import type { Route } from './route.ts';
import { Refusal } from '../../core/outcome.ts';

/** A connection that this door was not made for. */
export class EgressRefused extends Refusal {
  override name = 'EgressRefused';
}

/**
 * THE egress door: the one way out of the code base, with the face of `fetch`. It goes to one origin alone, through no
 * proxy but the one that a person chose (connection.ts), follows no redirect, and each request is permitted (and durably recorded, see
 * core/egress/ledger.ts) before a byte of it is sent; what comes back is counted as it streams, and is never more than a
 * stated amount (measured.ts).
 */
export function doorTo(baseUrl: string, permit: PermitSending, route: Route = {}): typeof fetch {
  const allowed = new URL(baseUrl).origin;
  return async (input, init) => {
    const request = new Request(input, init);
    const url = new URL(request.url);
    if (url.origin !== allowed || !['http:', 'https:'].includes(url.protocol))
      throw new EgressRefused(`a request to ${url.origin} was refused; only ${allowed} is meant to be reached`);
    const body = request.body === null ? new Uint8Array() : new Uint8Array(await request.arrayBuffer());
    const passage = await permit({
      origin: url.origin,
      method: request.method,
      path: url.pathname,
      bytes: body.length,
      isLocal: isLoopback(url.hostname),
      ...(route.proxy && { proxy: route.proxy.url.origin }),
      carriedBy: carrierOf(),
    });
    const { method, headers } = request;
    const sent = { method, headers, body, signal: init?.signal ?? request.signal, route, passage };
    const response = await sendRequest(url, sent);
    if (response.status >= 300 && response.status < 400) {
      await response.body?.cancel();
      throw new EgressRefused(`${url.origin} answered with a redirect, and none is followed`);
    }
    return measured(response);
  };
}

/** Checks an address that the user gave, with the hosts that the policy names as nearby; the problem is a sentence. */
export function checkBaseUrl(
  text: string,
  nearbyHosts: readonly string[] = [],
): { ok: true; url: string } | { ok: false; problem: string } {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return { ok: false, problem: `"${text}" is not a web address` };
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    return { ok: false, problem: `"${text}" does not start with https:// or http://` };
  if (url.username !== '' || url.password !== '')
    return { ok: false, problem: 'the address holds a user name or password; set the key with "Set API Key" instead' };
  if (url.search !== '' || url.hash !== '')
    return { ok: false, problem: 'the address holds a "?" or "#"; give it up to the path, such as /v1' };
  if (namesNoMachine(url.hostname))
    return { ok: false, problem: `${url.hostname} names no machine; write 127.0.0.1 for this one` };
  if (url.protocol === 'http:' && !isLoopback(url.hostname) && !isNearby(url.origin, nearbyHosts))
    return {
      ok: false,
      problem: `${url.origin} is not encrypted; use https, a server on this machine, or name ${url.hostname} in your own policy (model: {nearby_hosts: [${JSON.stringify(url.hostname)}]}) if it is on your network`,
    };
  return { ok: true, url: text.replace(/\/+$/, '') };
}
