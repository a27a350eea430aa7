import type { ChatCompletionMessageParam } from 'openai/resources/chat/completions';
import type { PermitSending } from '../../core/egress/port.ts';
import {
  ModelFailure,
  type Message,
  type Model,
  type ModelEvent,
  type ModelRequest,
  type SaidEnd,
} from '../../core/models/port.ts';
import { doorTo, EgressRefused } from '../egress/door.ts';
import { unusedProxyWords } from '../egress/proxies.ts';
import { destinationWords } from './destination.ts';
import { fieldsFor, keptBy, KeptFields } from './keptFields.ts';
import { measured } from './measured.ts';
import { chunkOf } from './openaiChunk.ts';
import { StreamedCalls } from './streamedCalls.ts';

export interface OpenAiSettings {
  model: string;
  baseUrl: string;
  /** Empty for a local server that wants none. */
  apiKey: string;
}

/** Fields of a message in which servers of this protocol send what they want back: thoughts, and signatures of them. */
const KEPT_FIELDS = ['reasoning_content', 'reasoning', 'reasoning_details', 'extra_content'];

/** OpenAI's chat completions, and every server that speaks them: streamed, with tool calls. */
export function openAiModel(settings: OpenAiSettings): Model {
  return {
    provider: 'openai',
    label: `${settings.model} (${new URL(settings.baseUrl).host})`,
    destination: destinationWords(settings.baseUrl),
    from: keptBy(settings),
    stream: (request, permit, signal) => stream(settings, request, permit, signal),
  };
}

async function* stream(
  settings: OpenAiSettings,
  request: ModelRequest,
  permit: PermitSending,
  signal: AbortSignal,
): AsyncIterable<ModelEvent> {
  const { default: OpenAI, APIError, APIConnectionError } = await import('openai');
  const { origin } = new URL(settings.baseUrl);
  const door = doorTo(settings.baseUrl, permit);
  const ended = new AbortController();
  let refusal: Error | undefined;
  const client = new OpenAI({
    apiKey: settings.apiKey === '' ? 'none' : settings.apiKey,
    baseURL: settings.baseUrl,
    fetch: async (input, init) => {
      try {
        return measured(await door(input, { ...init, headers: headersFor(settings) }));
      } catch (error) {
        // The library tries again what fails; a refusal of ours (no record, another origin, a redirect) is final.
        if (!(error instanceof TypeError) && init?.signal?.aborted !== true) {
          refusal = error instanceof Error ? error : new Error(String(error));
          ended.abort();
        }
        throw error;
      }
    },
    maxRetries: 2,
    // Nothing of the environment decides where the request goes or for whom, or prints it.
    organization: null,
    project: null,
    adminAPIKey: null,
    logLevel: 'off',
  });
  const from = keptBy(settings);
  const calls = new StreamedCalls();
  const kept = new KeptFields(KEPT_FIELDS);
  let refused = false;
  let end: SaidEnd | undefined;
  try {
    const chunks = await client.chat.completions.create(
      {
        model: settings.model,
        messages: request.messages.map((message) => toOpenAi(message, from)),
        stream: true,
        stream_options: { include_usage: true },
        ...(request.tools.length > 0 && {
          tools: request.tools.map((tool) => ({ type: 'function' as const, function: tool })),
        }),
      },
      { signal: AbortSignal.any([signal, ended.signal]) },
    );
    for await (const chunk of chunks) {
      const { usage, text, refusal, pieces, fields, end: said } = chunkOf(chunk, origin);
      if (usage) yield { type: 'usage', ...usage };
      for (const words of [text, refusal]) if (words !== '') yield { type: 'text', text: words };
      for (const piece of pieces) calls.take(piece);
      kept.take(fields);
      refused ||= refusal !== '';
      end = said ?? end;
    }
  } catch (error) {
    if (signal.aborted || error instanceof ModelFailure) throw error;
    if (refusal instanceof EgressRefused) throw new ModelFailure(`${refusal.message}.`);
    if (refusal !== undefined) throw refusal;
    if (error instanceof APIConnectionError)
      throw new ModelFailure(`${origin} could not be reached: ${deepest(error)}.${unusedProxyWords()}`);
    if (error instanceof APIError)
      throw new ModelFailure(statusWords(settings, error.status as number | undefined, error.message));
    if (error instanceof SyntaxError)
      throw new ModelFailure(
        `${origin} does not answer as OpenAI’s chat completions do. Check oversign.model.baseUrl.`,
      );
    if (error instanceof TypeError && error.cause instanceof Error)
      throw new ModelFailure(`The connection to ${origin} broke in the middle of the reply. Send "continue" to go on.`);
    throw error;
  }
  // A reply that was cut off may hold half a call that happens to parse.
  if (!end && !signal.aborted)
    throw new ModelFailure(
      `${origin} ended in the middle of its reply, or does not answer as OpenAI’s chat completions do. Send "continue" to go on.`,
    );
  const whole = kept.kept(from);
  if (whole) yield { type: 'kept', kept: whole };
  // Half a call has no end to be looked at; whether it is done is not decided here.
  for (const call of calls.whole(`call_${request.messages.length}`, from)) yield { type: 'call', call };
  if (end) yield { type: 'end', end: refused && end.why === 'finished' ? { why: 'refused' } : end };
}

/** All that a server needs to be told; what the library adds (its own version, the platform, OPENAI_CUSTOM_HEADERS) stays here. */
function headersFor(settings: OpenAiSettings): Record<string, string> {
  return {
    accept: 'text/event-stream',
    'content-type': 'application/json',
    ...(settings.apiKey !== '' && { authorization: `Bearer ${settings.apiKey}` }),
  };
}

function toOpenAi(message: Message, from: string): ChatCompletionMessageParam {
  switch (message.role) {
    case 'system':
    case 'user':
      return { role: message.role, content: message.text };
    case 'assistant':
      return {
        // Some servers refuse thoughts of a turn that called no tool; none needs them.
        ...(message.calls.length > 0 && fieldsFor(from, message.kept)),
        role: 'assistant',
        content: message.text,
        ...(message.calls.length > 0 && {
          tool_calls: message.calls.map((call) => ({
            ...fieldsFor(from, call.kept),
            id: call.id,
            type: 'function' as const,
            function: { name: call.name, arguments: call.arguments },
          })),
        }),
      };
    case 'tool':
      return { role: 'tool', tool_call_id: message.call, content: message.text };
  }
}

function statusWords(settings: OpenAiSettings, status: number | undefined, message: string): string {
  const host = new URL(settings.baseUrl).host;
  switch (status) {
    case 401:
    case 403:
      return `${host} refused the API key (${status}). Set it with "Oversign: Set API Key".`;
    case 404:
      return `${host} knows no model "${settings.model}" or no such address (404). Check oversign.model.name and oversign.model.baseUrl.`;
    case 429:
      return `${host} says that there were too many requests or that the quota is used up (429). Wait, then send "continue".`;
    default:
      return `${host} answered with an error${status === undefined ? '' : ` (${status})`}: ${message}`;
  }
}

function deepest(error: Error): string {
  let at: Error = error;
  while (at.cause instanceof Error) at = at.cause;
  return at.message;
}
