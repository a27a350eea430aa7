import type { Message as OllamaMessage, Tool as OllamaTool } from 'ollama';
import { ModelFailure, type Message, type Model, type ModelEvent, type ModelRequest, type PermitSending } from '../../core/models/port.ts';
import { doorTo, EgressRefused } from '../egress/door.ts';
import { destinationWords } from './destination.ts';

export interface OllamaSettings {
  model: string;
  baseUrl: string;
}

/** Ollama's own protocol (/api/chat), streamed, with tool calls. */
export function ollamaModel(settings: OllamaSettings): Model {
  return {
    provider: 'ollama',
    label: `${settings.model} (Ollama, ${new URL(settings.baseUrl).host})`,
    destination: destinationWords(settings.baseUrl),
    stream: (request, permit, signal) => stream(settings, request, permit, signal),
  };
}

async function* stream(
  settings: OllamaSettings,
  request: ModelRequest,
  permit: PermitSending,
  signal: AbortSignal,
): AsyncIterable<ModelEvent> {
  const { Ollama } = await import('ollama');
  const door = doorTo(settings.baseUrl, permit);
  const client = new Ollama({
    host: settings.baseUrl,
    // The library aborts by a controller of its own; ours must end the connection too.
    fetch: (input, init) => door(input, { ...init, signal: init?.signal ? AbortSignal.any([init.signal, signal]) : signal }),
  });
  let number = 0;
  try {
    const parts = await client.chat({
      model: settings.model,
      messages: request.messages.map(toOllama),
      stream: true,
      ...(request.tools.length > 0 && {
        tools: request.tools.map((tool) => ({ type: 'function', function: tool }) as OllamaTool),
      }),
    });
    for await (const part of parts) {
      signal.throwIfAborted();
      if (part.message.content !== '') yield { type: 'text', text: part.message.content };
      for (const call of part.message.tool_calls ?? []) {
        number += 1;
        // Ollama gives calls no id: the position in the conversation is one.
        yield {
          type: 'call',
          call: {
            id: `call_${request.messages.length}_${number}`,
            name: call.function.name,
            arguments: JSON.stringify(call.function.arguments),
          },
        };
      }
      if (part.done) yield { type: 'usage', input: part.prompt_eval_count, output: part.eval_count };
    }
  } catch (error) {
    if (signal.aborted || error instanceof ModelFailure) throw error;
    throw new ModelFailure(problemWords(settings, error));
  }
}

function problemWords(settings: OllamaSettings, error: unknown): string {
  const { origin } = new URL(settings.baseUrl);
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if (at instanceof EgressRefused) return `${at.message}.`;
    if ('status_code' in at && at.status_code === 404)
      return `Ollama at ${origin} has no model "${settings.model}". Fetch it with: ollama pull ${settings.model}`;
    if ('code' in at && at.code === 'ECONNREFUSED') return `No Ollama answers at ${origin}. Start it with: ollama serve`;
  }
  return `Ollama at ${origin} failed: ${error instanceof Error ? error.message.slice(0, 300) : 'unknown failure'}`;
}

function toOllama(message: Message): OllamaMessage {
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
            function: { name: call.name, arguments: argumentsOf(call.arguments) },
          })),
        }),
      };
    case 'tool':
      return { role: 'tool', content: message.text, tool_name: message.name };
  }
}

function argumentsOf(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
