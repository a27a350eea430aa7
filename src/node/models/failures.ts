import { ModelFailure } from '../../core/models/port.ts';
import { EgressRefused } from '../egress/door.ts';
import { isLoopback } from '../egress/loopback.ts';
import { TooMuchCame } from '../egress/measured.ts';
import { unusedProxyWords } from '../egress/proxies.ts';
import { factsOf, retryAfterOf, serverWords, type ServerWords } from './serverWords.ts';

/** Whom a request goes to, as far as what goes wrong is said by it. */
export interface Asked {
  baseUrl: string;
  model: string;
  /** The server, in a sentence. */
  who: string;
  takesKey: boolean;
  /** What a server does by itself where it knows no such model; a sentence. */
  missingModel?: string;
  /** What to do where nobody answers on this machine; a sentence. */
  nobodyThere?: string;
}

const MAX_BODY = 100_000;

/** What an answer that is no reply means, with the server's own words, and its status once. */
export async function statusFailure(response: Response, asked: Asked): Promise<ModelFailure> {
  const { status, headers } = response;
  const text = isCompressed(response) ? '' : await beginning(response);
  if (!response.bodyUsed) await response.body?.cancel();
  const said = serverWords(parsed(text) ?? text);
  const facts = { ...factsOf(said, status), retryAfter: retryAfterOf(headers, Date.now()) };
  // Both OpenAI and Anthropic say by it whether they want to be asked again.
  const again = headers.get('x-should-retry');
  return new ModelFailure(statusSentence(status, said, asked), {
    ...facts,
    ...((again === 'true' || again === 'false') && { isRetryable: again === 'true' }),
  });
}

/** An error that a server reports in the middle of a reply. */
export function reportedFailure(error: unknown, { who, model }: Asked): ModelFailure {
  const said = serverWords(error);
  const facts = factsOf(said);
  const words = quoted(said, said.names);
  return facts.kind === 'overflow'
    ? new ModelFailure(tooLong(model, words), facts)
    : new ModelFailure(`${who} failed in the middle of its reply${words}`, facts);
}

/** Nobody asked for that, and nothing is unpacked: a few bytes can become any number of them. */
export function isCompressed({ headers }: Response): boolean {
  return !/^(identity)?$/i.test(headers.get('content-encoding') ?? '');
}

/** The first of a body that only says what went wrong; a server that does not end it is not waited for. */
async function beginning(response: Response): Promise<string> {
  let text = '';
  try {
    for await (const piece of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += piece;
      if (text.length > MAX_BODY) break;
    }
  } catch {
    // What came is told.
  }
  return text.slice(0, MAX_BODY);
}

function statusSentence(status: number, said: ServerWords, { who, model, takesKey, missingModel }: Asked): string {
  const words = quoted(said, '');
  switch (factsOf(said, status).kind) {
    case 'overflow':
      return tooLong(model, ` (${status})${words}`);
    case 'auth':
      if (!takesKey) return `${who} answered with an error (${status})${words}`;
      return `${who} refused the API key (${status})${words} Set it with "Oversign: Set API Key"; in a terminal with --api-key-file.`;
    case 'rate':
      return `${who} says that there were too many requests or that the quota is used up (${status})${words}`;
    default:
      if (status === 404)
        return (
          missingModel ??
          `${who} knows no model "${model}" or no such address (404)${words} Check oversign.model.name and oversign.model.baseUrl.`
        );
      return `${who} answered with an error (${status})${words}`;
  }
}

function tooLong(model: string, words: string): string {
  return `The conversation is longer than ${model} takes${words}`;
}

/** The server's words behind a sentence that lacks its full stop. */
function quoted({ words }: ServerWords, otherwise: string): string {
  const said = words === '' ? otherwise : words;
  if (said === '') return '.';
  return /[.!?]$/.test(said) ? `: ${said}` : `: ${said}.`;
}

/**
 * What the connection did instead of bringing an answer. `error` is what the door threw; what is neither the network's
 * doing nor the door's own refusal (no record could be written) comes back as it is.
 */
export function connectionFailure(error: unknown, { baseUrl, nobodyThere }: Asked): unknown {
  if (error instanceof EgressRefused) return new ModelFailure(`${error.message}.`, { kind: 'refused' });
  if (error instanceof TooMuchCame) return new ModelFailure(`The model did not stop: ${error.message}.`);
  if (!(error instanceof TypeError)) return error; // a TypeError is how fetch says "network"
  const { origin, hostname } = new URL(baseUrl);
  const code = codeOf(error);
  const isNobodyHere = code === 'ECONNREFUSED' && isLoopback(hostname);
  if (isNobodyHere && nobodyThere !== undefined)
    return new ModelFailure(nobodyThere, { kind: 'network', isRetryable: false });
  return new ModelFailure(`${origin} could not be reached: ${deepest(error).message}.${unusedProxyWords()}`, {
    kind: 'network',
    isRetryable: !isNobodyHere && !/CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO/.test(code),
  });
}

/** A server that says nothing more, and did not say that it was done; or that speaks another protocol than this one. */
export function endedEarly(baseUrl: string, protocol?: string): ModelFailure {
  const { origin } = new URL(baseUrl);
  const or = protocol === undefined ? '' : `, or does not answer as ${protocol}`;
  return new ModelFailure(`${origin} ended in the middle of its reply${or}.`, { kind: 'network' });
}

/** What kept a reply from coming to its end; `error` is what reading it threw. */
export function brokenFailure(error: unknown, asked: Asked): unknown {
  if (!(error instanceof TypeError)) return error instanceof ModelFailure ? error : connectionFailure(error, asked);
  return new ModelFailure(`The connection to ${new URL(asked.baseUrl).origin} broke in the middle of the reply.`, {
    kind: 'network',
  });
}

function codeOf(error: Error): string {
  for (let at: unknown = error; at instanceof Error; at = at.cause)
    if ('code' in at && typeof at.code === 'string') return at.code;
  return '';
}

function deepest(error: Error): Error {
  let at: Error = error;
  while (at.cause instanceof Error) at = at.cause;
  return at;
}

export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
