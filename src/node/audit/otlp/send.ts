import * as z from 'zod';
import type { PermitSending } from '../../../core/egress/port.ts';
import { doorTo, EgressRefused } from '../../egress/door.ts';

/** OTLP's usual limit for one request. */
const MOST_MS = 10_000;
/** A response says a number and perhaps a sentence. */
const MOST_RESPONSE_BYTES = 65_536;

/** How one request ended. Problems are sentences; no header's value and nothing that the collector said is in them. */
export type Outcome =
  | { kind: 'accepted'; rejected: number }
  /** To be sent again, and not before `afterMs` where the collector says so. */
  | { kind: 'again'; problem: string; afterMs?: number }
  /** Sending it again would not help. */
  | { kind: 'refused'; problem: string };

export interface Destination {
  url: string;
  headers: Headers;
  permit: PermitSending;
}

/** These may be sent again (opentelemetry.io/docs/specs/otlp, "Retryable response codes"), and no others. */
const RETRYABLE = new Set([429, 502, 503, 504]);

const ADVICE: Readonly<Record<number, string>> = {
  400: 'it does not understand OTLP logs as protobuf; update it, or check the address',
  401: 'check the header that gives access',
  403: 'check the header that gives access',
  404: 'check the address: OTLP over HTTP usually has port 4318',
  405: 'check the address: OTLP over HTTP usually has port 4318',
  413: 'let it, and any proxy before it, take requests of more than a megabyte',
  415: 'it does not take protobuf; check that its receiver is OTLP over HTTP',
};

/** Sends one batch through the egress door, `permit` first. */
export async function send(
  { url, headers, permit }: Destination,
  body: Uint8Array<ArrayBuffer>,
  rejectedIn: (response: Uint8Array) => number,
  closing: AbortSignal,
  now: number,
): Promise<Outcome> {
  const all = new Headers(headers);
  all.set('content-type', 'application/x-protobuf');
  const signal = AbortSignal.any([closing, AbortSignal.timeout(MOST_MS)]);
  const sent = { isPermitted: false };
  const door = doorTo(url, async (sending) => {
    const passage = await permit(sending);
    sent.isPermitted = true;
    return passage;
  });
  try {
    const response = await door(url, { method: 'POST', headers: all, body, signal });
    if (response.ok) return await accepted(url, response, rejectedIn);
    await response.body?.cancel();
    return failed(url, response, now);
  } catch (error) {
    if (error instanceof EgressRefused)
      return { kind: 'refused', problem: `The audit log is not exported: ${error.message}.` };
    if (!sent.isPermitted && error instanceof Error)
      return { kind: 'again', problem: `The audit log cannot be exported to ${url} now: ${error.message}` };
    return { kind: 'again', problem: unreachable(url, error) };
  }
}

function failed(url: string, { status, headers }: Response, now: number): Outcome {
  if (!RETRYABLE.has(status)) {
    const advice = ADVICE[status] ?? 'what it says about it itself is in its own log';
    return { kind: 'refused', problem: `The collector at ${url} refused the audit log (${status}): ${advice}.` };
  }
  const afterMs = retryAfter(headers.get('retry-after'), now);
  return {
    kind: 'again',
    problem: `The collector at ${url} does not take the audit log now (${status}). It is sent again later; nothing is lost.`,
    ...(afterMs !== undefined && { afterMs }),
  };
}

/** Seconds, or a date (RFC 9110, section 10.2.3). */
function retryAfter(text: string | null, now: number): number | undefined {
  if (text === null) return undefined;
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now;
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

async function accepted(
  url: string,
  response: Response,
  rejectedIn: (response: Uint8Array) => number,
): Promise<Outcome> {
  const bytes = await startOf(response);
  if (bytes.length === 0) return { kind: 'accepted', rejected: 0 };
  const type = response.headers.get('content-type') ?? '';
  try {
    if (type.startsWith('application/x-protobuf')) return { kind: 'accepted', rejected: rejectedIn(bytes) };
    // Against the specification, but some do answer so.
    if (type.startsWith('application/json')) return { kind: 'accepted', rejected: rejectedInJson(bytes) };
  } catch {
    // No response of a collector, whatever it is called.
  }
  // Any web server can say 200; counting that as received would lose the log.
  return { kind: 'refused', problem: `What answers at ${url} is no OTLP receiver: check the address.` };
}

const JsonResponseSchema = z.strictObject({
  partialSuccess: z.object({ rejectedLogRecords: z.coerce.number().default(0) }).nullish(),
});

function rejectedInJson(bytes: Uint8Array): number {
  return JsonResponseSchema.parse(JSON.parse(Buffer.from(bytes).toString())).partialSuccess?.rejectedLogRecords ?? 0;
}

async function startOf(response: Response): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  // An early end of the loop cancels the stream.
  for await (const part of response.body ?? []) {
    parts.push(part);
    bytes += part.length;
    if (bytes > MOST_RESPONSE_BYTES) break;
  }
  return Buffer.concat(parts);
}

/** Only the code: the words of an error may quote what was sent. */
function unreachable(url: string, error: unknown): string {
  let code = error instanceof Error && error.name === 'TimeoutError' ? 'no answer in time' : 'the connection failed';
  for (let at = error; at instanceof Error; at = at.cause)
    if ('code' in at && typeof at.code === 'string') code = at.code;
  return `The collector at ${url} cannot be reached (${code}). The audit log is sent again later; nothing is lost.`;
}
