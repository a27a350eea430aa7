import type { Message as OllamaMessage, Tool as OllamaTool } from 'ollama';
import * as z from 'zod';
import type { PermitSending } from '../../core/egress/port.ts';
import { ModelFailure, type Message, type Model, type ModelEvent, type ModelRequest } from '../../core/models/port.ts';
import { doorTo, EgressRefused } from '../egress/door.ts';
import { destinationWords } from './destination.ts';
import { endBy } from './endWords.ts';
import { fieldsFor, keptBy, KeptFields } from './keptFields.ts';
import { linesOf } from './lines.ts';
import { measured } from './measured.ts';

export interface OllamaSettings {
  model: string;
  baseUrl: string;
}

/** The model's thoughts: some templates want them back while it calls tools. */
const KEPT_FIELDS = ['thinking'];

const Count = z.number().int().min(0);
/** One line of a reply: https://docs.ollama.com/api/chat. */
const PartSchema = z.object({
  error: z.string().optional(),
  message: z
    .looseObject({
      content: z.string().default(''),
      tool_calls: z
        .array(
          z.object({
            function: z.object({ name: z.string(), arguments: z.record(z.string(), z.unknown()).default({}) }),
          }),
        )
        .default([]),
    })
    .default({ content: '', tool_calls: [] }),
  done: z.boolean().default(false),
  /** Early versions do not say it: then a reply that is done is finished. */
  done_reason: z.string().nullish(),
  /** Counting is no reason to fail. */
  prompt_eval_count: Count.catch(0).default(0),
  eval_count: Count.catch(0).default(0),
});

/** Ollama's own protocol (/api/chat), streamed, with tool calls. */
export function ollamaModel(settings: OllamaSettings): Model {
  return {
    provider: 'ollama',
    label: `${settings.model} (Ollama, ${new URL(settings.baseUrl).host})`,
    destination: destinationWords(settings.baseUrl),
    from: keptBy(settings),
    stream: (request, permit, signal) => stream(settings, request, permit, signal),
  };
}

/**
 * Ollama's client library is not used for the sending itself: it prints what it cannot parse on the console, reads
 * a key from the environment, and leaves the connection open when its reader has had enough.
 */
async function* stream(
  settings: OllamaSettings,
  request: ModelRequest,
  permit: PermitSending,
  signal: AbortSignal,
): AsyncIterable<ModelEvent> {
  const { origin } = new URL(settings.baseUrl);
  const response = await ask(settings, request, permit, signal);
  const from = keptBy(settings);
  const kept = new KeptFields(KEPT_FIELDS);
  let number = 0;
  let done = false;
  try {
    for await (const line of linesOf(response)) {
      const part = PartSchema.safeParse(parsed(line)).data;
      if (!part) throw new ModelFailure(`${origin} does not answer as Ollama does. Check oversign.model.baseUrl.`);
      if (part.error !== undefined) throw new ModelFailure(`Ollama at ${origin} failed: ${part.error}`);
      if (part.message.content !== '') yield { type: 'text', text: part.message.content };
      kept.take(part.message);
      for (const { function: call } of part.message.tool_calls) {
        number += 1;
        // Ollama gives calls no id: the position in the conversation is one.
        const id = `call_${request.messages.length}_${number}`;
        yield { type: 'call', call: { id, name: call.name, arguments: textOf(call.arguments) } };
      }
      if (part.done) {
        const whole = kept.kept(from);
        if (whole) yield { type: 'kept', kept: whole };
        yield { type: 'usage', input: part.prompt_eval_count, output: part.eval_count };
        yield { type: 'end', end: endBy(part.done_reason ?? 'stop') };
      }
      done ||= part.done;
    }
  } catch (error) {
    if (signal.aborted || error instanceof ModelFailure) throw error;
    throw new ModelFailure(`The connection to ${origin} broke in the middle of the reply. Send "continue" to go on.`);
  }
  if (!done) throw new ModelFailure(`${origin} ended in the middle of its reply. Send "continue" to go on.`);
}

async function ask(
  settings: OllamaSettings,
  request: ModelRequest,
  permit: PermitSending,
  signal: AbortSignal,
): Promise<Response> {
  const { origin } = new URL(settings.baseUrl);
  const from = keptBy(settings);
  let response: Response;
  try {
    const reply = await doorTo(settings.baseUrl, permit)(`${settings.baseUrl}/api/chat`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/x-ndjson' },
      body: JSON.stringify({
        model: settings.model,
        messages: request.messages.map((message) => toOllama(message, from)),
        stream: true,
        ...(request.tools.length > 0 && {
          tools: request.tools.map((tool): OllamaTool => ({ type: 'function', function: tool })),
        }),
      }),
      signal,
    });
    response = measured(reply);
  } catch (error) {
    if (error instanceof EgressRefused) throw new ModelFailure(`${error.message}.`);
    if (signal.aborted || !(error instanceof TypeError)) throw error; // a TypeError is how fetch says "network"
    for (let at: unknown = error; at instanceof Error; at = at.cause)
      if ('code' in at && at.code === 'ECONNREFUSED')
        throw new ModelFailure(`No Ollama answers at ${origin}. Start it with: ollama serve`);
    throw new ModelFailure(
      `${origin} could not be reached: ${error.cause instanceof Error ? error.cause.message : error.message}.`,
    );
  }
  if (response.ok) return response;
  const said =
    z.object({ error: z.string() }).safeParse(parsed((await response.text()).slice(0, 100_000))).data?.error ?? '';
  throw new ModelFailure(
    response.status === 404
      ? `Ollama at ${origin} has no model "${settings.model}". Fetch it with: ollama pull ${settings.model}`
      : `Ollama at ${origin} answered with an error (${response.status})${said === '' ? '' : `: ${said}`}`,
  );
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function toOllama(message: Message, from: string): OllamaMessage {
  switch (message.role) {
    case 'system':
    case 'user':
      return { role: message.role, content: message.text };
    case 'assistant':
      return {
        ...(message.calls.length > 0 && fieldsFor(from, message.kept)),
        role: 'assistant',
        content: message.text,
        ...(message.calls.length > 0 && {
          tool_calls: message.calls.map((call) => ({
            function: { name: call.name, arguments: argumentsOf(call.arguments) },
          })),
        }),
      };
    case 'tool':
      return { role: 'tool', content: message.text, tool_name: message.name };
  }
}

/** JSON may be nested deeper than it can be written again; then it is text that no tool takes. */
function textOf(value: Record<string, unknown>): string {
  try {
    return JSON.stringify(value);
  } catch {
    return 'nested too deeply';
  }
}

function argumentsOf(text: string): Record<string, unknown> {
  const value = parsed(text);
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
