import type { PermitSending } from '../egress/port.ts';
import { Failure } from '../outcome.ts';

/** What the model asked for: `arguments` is the text it sent, not yet parsed. */
export interface ToolCall {
  id: string;
  name: string;
  arguments: string;
}

export type Message =
  | { role: 'system' | 'user'; text: string }
  | { role: 'assistant'; text: string; calls: ToolCall[] }
  | { role: 'tool'; call: string; name: string; text: string; ended?: CallEnd | undefined };

/** How a call ended, for people; absent where it is not known. No provider is told of it. */
export type CallEnd = 'done' | 'failed' | 'denied' | 'cancelled' | 'interrupted';

/** A tool as the model is told of it; `parameters` is a JSON Schema. */
export interface OfferedTool {
  name: string;
  description: string;
  parameters: Record<string, unknown>;
}

export interface ModelRequest {
  messages: readonly Message[];
  tools: readonly OfferedTool[];
}

/** What a model's reply is made of, as it streams in. A call comes whole, once its arguments are complete. */
export type ModelEvent =
  { type: 'text'; text: string } | { type: 'call'; call: ToolCall } | { type: 'usage'; input: number; output: number };

export interface ModelLabel {
  provider: 'demo' | 'openai' | 'ollama';
  /** For people: "demo", "gpt-5 (OpenAI)". */
  label: string;
  /** One sentence: where prompts and tool results go. */
  destination: string;
}

/** A provider of a model. Throws `ModelFailure` with a sentence for the person when it cannot answer. */
export interface Model extends ModelLabel {
  stream(request: ModelRequest, permit: PermitSending, signal: AbortSignal): AsyncIterable<ModelEvent>;
}

export class ModelFailure extends Failure {
  override name = 'ModelFailure';
}
