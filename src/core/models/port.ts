import type { ProviderName } from '../../shared/providers.ts';
import type { PermitSending } from '../egress/port.ts';
import { Failure } from '../outcome.ts';

/** What the model asked for: `arguments` is the text it sent, not yet parsed. */
export interface ToolCall {
  id: string;
  name: string;
  arguments: string;
  kept?: Kept | undefined;
}

/**
 * What a provider sent along with a reply or a call and wants back unchanged: signatures, reasoning, ids of items. It is
 * shown to nobody, and goes back to nobody but the model that it came from.
 */
export interface Kept {
  /** The provider's address and the model's name. */
  from: string;
  /** A JSON object, as text: what is in it is for its provider alone to read. */
  json: string;
}

export type Message =
  | { role: 'system' | 'user'; text: string }
  | { role: 'assistant'; text: string; calls: ToolCall[]; kept?: Kept | undefined }
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

/** What a model's reply is made of, as it streams in. A call comes whole. Without an `end` a reply is broken off. */
export type ModelEvent =
  | { type: 'text'; text: string }
  | { type: 'call'; call: ToolCall }
  | { type: 'kept'; kept: Kept }
  | ({ type: 'usage' } & Usage)
  | { type: 'end'; end: SaidEnd };

/** Tokens, as the provider counted them: `cached` are those of `input` that it had read before. */
export interface Usage {
  input: number;
  output: number;
  cached?: number | undefined;
}

/** Why a reply ended, as the provider says it. */
export type SaidEnd =
  /** The model had nothing more to say for now; whether it called tools, the calls tell. */
  | { why: 'finished' }
  /** It waits for the results of its calls. */
  | { why: 'calls' }
  /** The most tokens that a reply may have were reached. */
  | { why: 'length' }
  /** The provider's content filter held something back. */
  | { why: 'filtered' }
  /** The model refused, in words of a kind of their own. */
  | { why: 'refused' }
  /** A reason that is not known: `said` is the provider's word for it. */
  | { why: 'unknown'; said: string };

export interface ModelLabel {
  provider: ProviderName;
  /** For people: "demo", "gpt-5 (OpenAI)". */
  label: string;
  /** One sentence: where prompts and tool results go. */
  destination: string;
}

/** A provider of a model. Throws `ModelFailure` with a sentence for the person when it cannot answer. */
export interface Model extends ModelLabel {
  /** Tokens that conversation and reply may have together; absent where the provider does not say. */
  contextTokens?: number | undefined;
  /** Whose `kept` it is sent, as that says it (`Kept.from`); absent where it is sent none. */
  from?: string | undefined;
  stream(request: ModelRequest, permit: PermitSending, signal: AbortSignal): AsyncIterable<ModelEvent>;
}

export class ModelFailure extends Failure {
  override name = 'ModelFailure';
}
