import type { PermitSending } from '../../core/models/port.ts';

/** A connection that this door was not made for. */
export class EgressRefused extends Error {
  override name = 'EgressRefused';
}

/**
 * THE egress door: the one `fetch` of the code base. It goes to one origin alone, follows no redirect, and each
 * request is permitted (and durably recorded) before a byte of it is sent.
 */
export function doorTo(baseUrl: string, permit: PermitSending): typeof fetch {
  const allowed = new URL(baseUrl).origin;
  return async (input, init) => {
    const request = new Request(input, init);
    const url = new URL(request.url);
    if (url.origin !== allowed || !['http:', 'https:'].includes(url.protocol))
      throw new EgressRefused(`a request to ${url.origin} was refused; only ${allowed} is meant to be reached`);
    const body = request.body === null ? new Uint8Array() : new Uint8Array(await request.arrayBuffer());
    await permit({
      origin: url.origin,
      method: request.method,
      path: url.pathname,
      bytes: body.length,
      isLocal: isLoopback(url.hostname),
    });
    const response = await fetch(url, {
      method: request.method,
      headers: request.headers,
      ...(request.body !== null && { body }),
      signal: init?.signal ?? request.signal,
      redirect: 'manual',
    });
    if (response.status >= 300 && response.status < 400) {
      await response.body?.cancel();
      throw new EgressRefused(`${url.origin} answered with a redirect, and none is followed`);
    }
    return response;
  };
}

/** Checks an address that the user gave; the problem is a sentence. */
export function checkBaseUrl(text: string): { ok: true; url: string } | { ok: false; problem: string } {
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
  if (url.protocol === 'http:' && !isLoopback(url.hostname))
    return { ok: false, problem: `${url.origin} is not encrypted; use https, or a server on this machine` };
  return { ok: true, url: text.replace(/\/+$/, '') };
}

/** Whether a host name means this machine without asking anybody (RFC 6761, section 6.3; RFC 1122, 3.2.1.3). */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host);
}
