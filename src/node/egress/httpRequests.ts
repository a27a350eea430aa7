import { lookup } from 'node:dns/promises';
import { isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { HttpRequest } from '../../shared/action.ts';
import { hostOf, meansThisMachine } from '../../core/egress/hostName.ts';
import type { HttpPort, HttpReply, SendingUnder } from '../../core/egress/http.ts';
import { Failure, ToolFailure } from '../../core/outcome.ts';
import { Forbidden } from '../../core/scope/guard.ts';
import { isLoopback } from './loopback.ts';
import { sendRequest } from './request.ts';

/** All that a name leads to, as addresses. */
type LookUp = (name: string) => Promise<readonly string[]>;

/** What of a reply is kept; the rest is not waited for. */
const MOST_KEPT = 1024 ** 2;
const MOST_SECONDS = 60;
const OWN_MACHINE = ['127.0.0.1', '::1'];

const bySystem: LookUp = async (name) => (await lookup(name, { all: true })).map(({ address }) => address);

/** Requests of tools: straight to the judged address, over the same connection that models are asked through. */
export class HttpRequests implements HttpPort {
  readonly #lookUp: LookUp;

  /** `lookUp`: who says where names lead, where that is not the system (tests). */
  constructor(lookUp: LookUp = bySystem) {
    this.#lookUp = lookUp;
  }

  async send(request: HttpRequest, under: SendingUnder): Promise<HttpReply> {
    const signal = AbortSignal.any([under.signal, AbortSignal.timeout(MOST_SECONDS * 1000)]);
    const address = await this.#judged(request, under);
    const url = new URL(request.url);
    const body = new TextEncoder().encode(request.body ?? '');
    const headers = new Headers(request.headers.map(named));
    headers.set('accept-encoding', 'identity'); // nothing is decompressed: a little would become much
    const passage = await under.permit({
      ...{ origin: url.origin, method: request.method, path: url.pathname, bytes: body.length, address },
      isLocal: isLoopback(url.hostname),
    });
    let received = 0;
    const counted = {
      received: (bytes: number) => {
        received += bytes;
        passage.received(bytes);
      },
    };
    const route = { to: { address, family: isIPv6(address) ? (6 as const) : (4 as const) } };
    try {
      const response = await sendRequest(url, {
        ...{ method: request.method, headers, body, route },
        signal,
        passage: counted,
      });
      const { kept, isCut } = await keptOf(response);
      const { status } = response;
      return { status, headers: [...response.headers], body: kept, isCut, sent: body.length, received, address };
    } catch (error) {
      if (under.signal.aborted) throw under.signal.reason;
      throw new ToolFailure(`${request.host} at ${address} did not answer: ${causeOf(error)}`);
    }
  }

  /** One address of those that the host leads to; throws where any of them is denied. */
  async #judged({ host }: HttpRequest, { judge, signal }: SendingUnder): Promise<string> {
    const found = await this.#addressesOf(host, signal);
    const own = ownAddresses();
    for (const address of found) {
      const denial = judge(address, own);
      if (denial) throw new Forbidden(denial);
    }
    // Without a way to try several, the one that works in more networks.
    const address = found.find((one) => !isIPv6(one)) ?? found[0];
    if (address === undefined) throw new ToolFailure(`${host} leads nowhere: it has no address`);
    return address;
  }

  async #addressesOf(host: string, signal: AbortSignal): Promise<readonly string[]> {
    const { address } = hostOf(host) ?? {};
    if (address !== undefined) return [address];
    if (meansThisMachine(host)) return OWN_MACHINE;
    try {
      return await stoppable(this.#lookUp(host), signal);
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      throw new ToolFailure(`${host} cannot be found: ${causeOf(error)}`);
    }
  }
}

/** A line of a header, as it was checked (core/tools/web/requestOf.ts). */
function named(line: string): [name: string, value: string] {
  const at = line.indexOf(':');
  return [line.slice(0, at), line.slice(at + 1).trim()];
}

/** A look-up cannot be stopped; nobody waits for it any more. */
function stoppable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      reject(signal.reason instanceof Error ? signal.reason : new Failure('stopped'));
    };
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', stop);
    });
  });
}

function ownAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((addresses) =>
    (addresses ?? []).map(({ address }) => address.replace(/%.*$/, '')),
  );
}

async function keptOf({ body }: Response): Promise<{ kept: Uint8Array; isCut: boolean }> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  if (body)
    for await (const chunk of body) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > MOST_KEPT) break; // which closes the connection
    }
  return { kept: new Uint8Array(Buffer.concat(chunks).subarray(0, MOST_KEPT)), isCut: length > MOST_KEPT };
}

function causeOf(error: unknown): string {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  if (!(cause instanceof Error)) return 'unknown reason';
  if (cause.name === 'TimeoutError') return `it took more than ${MOST_SECONDS} s`;
  return 'code' in cause && typeof cause.code === 'string' ? `${cause.message} (${cause.code})` : cause.message;
}
