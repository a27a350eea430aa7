import { ClientRequest, type IncomingMessage } from 'node:http';
import type { Passage } from '../../core/egress/port.ts';
import { connection } from './connection.ts';
import type { Route } from './route.ts';
import { whileAllowed } from './whileAllowed.ts';

export interface Outgoing {
  method: string;
  headers: Headers;
  body: Uint8Array;
  signal: AbortSignal;
  route: Route;
  /** Told of the answer's body as it comes. */
  passage: Passage;
}

/**
 * One HTTP request over a connection of its own, with `fetch`'s answer and `fetch`'s errors (a TypeError with the cause
 * for whatever the network does), and without `fetch`: that goes through the environment's proxy (NODE_USE_ENV_PROXY)
 * and believes any certificate where NODE_TLS_REJECT_UNAUTHORIZED says so, and editors replace it. Redirects are answers.
 */
export async function sendRequest(url: URL, outgoing: Outgoing): Promise<Response> {
  const { route, passage } = outgoing;
  const { signal, over } = whileAllowed(passage, outgoing.signal);
  try {
    const socket = await connection(url, route, signal);
    socket.once('close', over);
    const allowed = { ...outgoing, signal };
    const incoming = await answered(url, allowed, () => socket);
    return new Response(bodyOf(incoming, allowed), {
      status: incoming.statusCode ?? 0,
      statusText: incoming.statusMessage ?? '',
      headers: headersOf(incoming),
    });
  } catch (error) {
    over();
    if (signal.aborted) throw signal.reason;
    throw new TypeError('the request failed', { cause: error });
  }
}

function answered(
  url: URL,
  { method, headers, body, signal }: Outgoing,
  createConnection: () => Awaited<ReturnType<typeof connection>>,
): Promise<IncomingMessage> {
  const all = new Headers(headers);
  all.set('host', url.host);
  all.set('content-length', String(body.length));
  if (!all.has('user-agent')) all.set('user-agent', 'oversign');
  return new Promise((resolve, reject) => {
    // The class itself: editors replace the functions that usually make one. Without an agent there is no proxy.
    const request = new ClientRequest({
      host: url.hostname,
      path: `${url.pathname}${url.search}`,
      method,
      headers: Object.fromEntries(all),
      createConnection,
      signal,
    });
    request.once('response', resolve);
    request.once('error', reject);
    request.end(body);
  });
}

function headersOf({ rawHeaders }: IncomingMessage): Headers {
  const headers = new Headers();
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) headers.append(rawHeaders[at] ?? '', rawHeaders[at + 1] ?? '');
  return headers;
}

/** Answers without a body (RFC 9110, 15.3.5, 15.3.6 and 15.4.5). */
const EMPTY = [204, 205, 304];

function bodyOf(incoming: IncomingMessage, { signal, passage }: Outgoing): ReadableStream<Uint8Array> | null {
  if (EMPTY.includes(incoming.statusCode ?? 0)) {
    incoming.resume();
    return null;
  }
  const chunks = incoming[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const next = await chunks.next();
        if (next.done === true) controller.close();
        else {
          passage.received(next.value.length);
          controller.enqueue(new Uint8Array(next.value));
        }
      } catch (error) {
        controller.error(signal.aborted ? signal.reason : new TypeError('the answer broke off', { cause: error }));
      }
    },
    cancel() {
      incoming.destroy();
    },
  });
}
