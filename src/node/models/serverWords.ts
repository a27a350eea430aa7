import * as z from 'zod';
import type { FailureFacts } from '../../core/models/port.ts';

/** What a server says went wrong: its words for people, and its words for programs (`code`, `type`). */
export interface ServerWords {
  words: string;
  /** Lower case; several with a space between them. */
  names: string;
}

const MAX_WORDS = 500;
const Text = z.string().optional().catch(undefined);
const Detail = z
  .object({ message: Text, msg: Text, error: Text, detail: Text, type: Text, code: Text, status: Text })
  .partial();

/** The words in an error's body, whatever of the usual shapes it has: OpenAI’s, Google’s (in a list), Ollama’s, FastAPI’s, or plain text. */
export function serverWords(body: unknown): ServerWords {
  const found = { words: '', names: [] as string[] };
  look(body, found, 3);
  return {
    words: found.words.replace(/\s+/g, ' ').trim().slice(0, MAX_WORDS),
    names: found.names.join(' ').toLowerCase(),
  };
}

function look(value: unknown, found: { words: string; names: string[] }, depth: number): void {
  if (typeof value === 'string') {
    if (found.words === '' && !/^\s*</.test(value)) found.words = value;
    return;
  }
  if (typeof value !== 'object' || value === null || depth === 0) return;
  if (Array.isArray(value)) {
    look(value[0], found, depth);
    return;
  }
  const { message, msg, error, detail, type, code, status } = Detail.safeParse(value).data ?? {};
  for (const name of [type, code, status]) if (name !== undefined) found.names.push(name);
  for (const words of [message, msg, error, detail]) if (words !== undefined) look(words, found, depth);
  for (const key of ['error', 'errors', 'detail', 'message'] as const)
    if (Object.hasOwn(value, key)) {
      const below = (value as Record<string, unknown>)[key];
      if (typeof below === 'object') look(below, found, depth - 1);
    }
}

/** Words by which servers say that a conversation is too long for the model. A limit on the reply alone is none of them. */
const OVERFLOW = [
  /context[_ ](length|window|size)/,
  /(maximum|model'?s?|available) context/,
  /exceeds? (the )?(model'?s? |available |maximum )?(context|input)/,
  /exceed context limit/,
  /(prompt|input|request|conversation|messages?) (is|are|was) too (long|large)/,
  /too many (input |prompt )?tokens/,
  /request[_ ]too[_ ]large/,
  /input (token count|length).*exceeds?/,
  /reduce the length of the (messages|prompt|input)/,
  /exceed_context_size_error/,
  /string too long|token limit exceeded/,
];

const QUOTA = /insufficient_quota|billing|credit balance|exceeded your current quota|payment required|out of credits/;

/** What a server's refusal means, from its status (none where it comes in the middle of a reply) and what it says. */
export function factsOf({ words, names }: ServerWords, status?: number): FailureFacts {
  const said = `${names} ${words.toLowerCase()}`;
  const own = { status };
  if (status === 401 || /authentication_error|invalid_api_key/.test(names)) return { ...own, kind: 'auth' };
  if (status === 413 || (status !== 404 && OVERFLOW.some((pattern) => pattern.test(said))))
    return { ...own, kind: 'overflow' };
  if (status === 403 || names.includes('permission_error')) return { ...own, kind: 'auth' };
  if (status === 402) return { ...own, kind: 'request' };
  if (status === 429 || /rate_limit|resource_exhausted|insufficient_quota/.test(names))
    return { ...own, kind: 'rate', isRetryable: !QUOTA.test(said) };
  if (status === 408 || status === 504) return { ...own, kind: 'timeout' };
  if (status === undefined ? !/invalid_request|not_found/.test(names) : status >= 500 || [409, 425].includes(status))
    return { ...own, kind: 'server', isRetryable: ![501, 505].includes(status ?? 500) };
  return { ...own, kind: 'request' };
}

/** Seconds that a server wants to be left alone, by its headers; undefined where it does not say. `now`: milliseconds since 1970. */
export function retryAfterOf(headers: Headers, now: number): number | undefined {
  const milliseconds = Number(headers.get('retry-after-ms') ?? NaN);
  if (Number.isFinite(milliseconds) && milliseconds >= 0) return milliseconds / 1000;
  const said = headers.get('retry-after')?.trim() ?? '';
  if (said === '') return undefined;
  if (/^\d+(\.\d+)?$/.test(said)) return Number(said);
  const date = Date.parse(said);
  return Number.isNaN(date) ? undefined : Math.max(0, (date - now) / 1000);
}
