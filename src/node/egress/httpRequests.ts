import type { HttpRequest } from '../../shared/action.ts';
import type { HttpPort, HttpReply, SendingUnder } from '../../core/egress/http.ts';
import { ToolFailure } from '../../core/outcome.ts';
import { causeOf } from './causeOf.ts';
import { bySystem, judgedAddress, type LookUp } from './judgedAddress.ts';
import { isLoopback } from './loopback.ts';
import { sendRequest } from './request.ts';

/** What of a reply is kept; the rest is not waited for. */
const MOST_KEPT = 1024 ** 2;
const MOST_SECONDS = 60;

/** Requests of tools: straight to the judged address, over the same connection that models are asked through. */
export class HttpRequests implements HttpPort {
  readonly #lookUp: LookUp;

  /** `lookUp`: who says where names lead, where that is not the system (tests). */
  constructor(lookUp: LookUp = bySystem) {
    this.#lookUp = lookUp;
  }

  async send(request: HttpRequest, under: SendingUnder): Promise<HttpReply> {
    const signal = AbortSignal.any([under.signal, AbortSignal.timeout(MOST_SECONDS * 1000)]);
    const { judge } = under;
    const to = await judgedAddress(request.host, { judge, lookUp: this.#lookUp, signal });
    const { address } = to;
    const url = new URL(request.url);
    const body = new TextEncoder().encode(request.body ?? '');
    const headers = new Headers(request.headers.map(named));
    headers.set('accept-encoding', 'identity'); // nothing is decompressed: a little would become much
    const passage = await under.permit({
      ...{ origin: url.origin, method: request.method, path: url.pathname, bytes: body.length, address },
      isLocal: isLoopback(url.hostname),
    });
    let received = 0;
    const counted: typeof passage = {
      ...passage,
      received: (bytes: number) => {
        received += bytes;
        passage.received(bytes);
      },
    };
    const route = { to };
    try {
      const response = await sendRequest(url, {
        ...{ method: request.method, headers, body, route },
        signal,
        passage: counted,
      });
      const { kept, isCut } = await keptOf(response, under.most ?? MOST_KEPT);
      const { status } = response;
      return { status, headers: [...response.headers], body: kept, isCut, sent: body.length, received, address };
    } catch (error) {
      if (under.signal.aborted) throw under.signal.reason;
      throw new ToolFailure(`${request.host} at ${address} did not answer: ${wordsFor(error)}`);
    }
  }
}

/** A line of a header, as it was checked (core/tools/web/requestOf.ts). */
function named(line: string): [name: string, value: string] {
  const at = line.indexOf(':');
  return [line.slice(0, at), line.slice(at + 1).trim()];
}

async function keptOf({ body }: Response, most: number): Promise<{ kept: Uint8Array; isCut: boolean }> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  if (body)
    for await (const chunk of body) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > most) break; // which closes the connection
    }
  return { kept: new Uint8Array(Buffer.concat(chunks).subarray(0, most)), isCut: length > most };
}

function wordsFor(error: unknown): string {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  return cause instanceof Error && cause.name === 'TimeoutError'
    ? `it took more than ${MOST_SECONDS} s`
    : causeOf(error);
}
