import type { ChatCompletionChunk, ChatCompletionMessageParam } from 'openai/resources/chat/completions';
import { ModelFailure, type Message, type Model, type ModelEvent, type ModelRequest, type PermitSending } from '../../core/models/port.ts';
import { doorTo, EgressRefused } from '../egress/door.ts';
import { destinationWords } from './destination.ts';

export interface OpenAiSettings {
  model: string;
  baseUrl: string;
  /** Empty for a local server that wants none. */
  apiKey: string;
}

/** OpenAI's chat completions, and every server that speaks them: streamed, with tool calls. */
export function openAiModel(settings: OpenAiSettings): Model {
  return {
    provider: 'openai',
    label: `${settings.model} (${new URL(settings.baseUrl).host})`,
    destination: destinationWords(settings.baseUrl),
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
  const client = new OpenAI({
    apiKey: settings.apiKey === '' ? 'none' : settings.apiKey,
    baseURL: settings.baseUrl,
    fetch: doorTo(settings.baseUrl, permit),
    maxRetries: 2,
    // Nothing of the environment decides where the request goes or for whom.
    organization: null,
    project: null,
  });
  const calls = new Map<number, { id: string; name: string; arguments: string }>();
  try {
    const chunks = await client.chat.completions.create(
      {
        model: settings.model,
        messages: request.messages.map(toOpenAi),
        stream: true,
        stream_options: { include_usage: true },
        ...(request.tools.length > 0 && {
          tools: request.tools.map((tool) => ({ type: 'function' as const, function: tool })),
        }),
      },
      { signal },
    );
    for await (const chunk of chunks) {
      yield* eventsOf(chunk, calls);
    }
  } catch (error) {
    if (signal.aborted) throw error;
    if (error instanceof EgressRefused) throw new ModelFailure(`${error.message}.`);
    if (error instanceof APIConnectionError) {
      const refused = causeOf(error, EgressRefused);
      throw refused ? new ModelFailure(`${refused.message}.`) : new ModelFailure(`${new URL(settings.baseUrl).origin} could not be reached: ${deepest(error)}.`);
    }
    if (error instanceof APIError) throw new ModelFailure(statusWords(settings, error.status as number | undefined, error.message));
    throw error;
  }
  for (const [index, call] of [...calls].sort(([a], [b]) => a - b))
    yield { type: 'call', call: { ...call, id: call.id === '' ? `call_${index}` : call.id } };
}

function* eventsOf(chunk: ChatCompletionChunk, calls: Map<number, { id: string; name: string; arguments: string }>): Iterable<ModelEvent> {
  if (chunk.usage) yield { type: 'usage', input: chunk.usage.prompt_tokens, output: chunk.usage.completion_tokens };
  const delta = chunk.choices[0]?.delta;
  if (delta?.content) yield { type: 'text', text: delta.content };
  for (const part of delta?.tool_calls ?? []) {
    const call = calls.get(part.index) ?? { id: '', name: '', arguments: '' };
    calls.set(part.index, {
      id: call.id === '' ? (part.id ?? '') : call.id,
      name: call.name === '' ? (part.function?.name ?? '') : call.name,
      arguments: call.arguments + (part.function?.arguments ?? ''),
    });
    if (calls.size > 64 || (calls.get(part.index)?.arguments.length ?? 0) > 10_000_000)
      throw new ModelFailure('The model did not stop: its tool calls went over all measure.');
  }
}

function toOpenAi(message: Message): ChatCompletionMessageParam {
  switch (message.role) {
    case 'system':
    case 'user':
      return { role: message.role, content: message.text };
    case 'assistant':
      return {
        role: 'assistant',
        content: message.text,
        ...(message.calls.length > 0 && {
          tool_calls: message.calls.map((call) => ({
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
      return `${host} answered with an error${status === undefined ? '' : ` (${status})`}: ${message.slice(0, 300)}`;
  }
}

function causeOf<T extends Error>(error: unknown, kind: new (...args: never[]) => T): T | undefined {
  for (let at: unknown = error; at instanceof Error; at = at.cause) if (at instanceof kind) return at;
  return undefined;
}

function deepest(error: Error): string {
  let at: Error = error;
  while (at.cause instanceof Error) at = at.cause;
  return at.message;
}
