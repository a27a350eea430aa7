import type { Fault } from '../../shared/fault.ts';
import type { ProviderName } from '../../shared/providers.ts';
import type { PermitSending } from '../egress/port.ts';
import type { Image } from './images.ts';
import { Failure } from '../outcome.ts';
import type { Compacted } from './compacted.ts';

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
  | { role: 'system'; text: string }
  /**
   * `project`: no person says it, but the file at this path, about how the project is worked on. `compacted`: it stands
   * in place of what was said before it.
   */
  | {
      role: 'user';
      text: string;
      project?: string | undefined;
      compacted?: Compacted | undefined;
      images?: readonly Image[] | undefined;
    }
  | { role: 'assistant'; text: string; calls: ToolCall[]; kept?: Kept | undefined }
  | {
      role: 'tool';
      call: string;
      name: string;
      text: string;
      ended?: CallEnd | undefined;
      images?: readonly Image[] | undefined;
    };

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
  /** Calls in the reply would not be done: where a protocol can say so, it is told that none is wanted. */
  wordsOnly?: true | undefined;
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
  /** The provider does not count: so many they may be. */
  isEstimate?: true | undefined;
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
  /** Its words are written beforehand: it reads nothing, and costs nothing. */
  isScripted?: true | undefined;
  /** Tokens that conversation and reply may have together; absent where the provider does not say. */
  contextTokens?: number | undefined;
  /** Whose `kept` it is sent, as that says it (`Kept.from`); absent where it is sent none. */
  from?: string | undefined;
  /** Whether images in results and messages reach it; absent where that is not known: then none is read for it. */
  takesImages?: boolean | undefined;
  stream(request: ModelRequest, permit: PermitSending, signal: AbortSignal): AsyncIterable<ModelEvent>;
}

/** What kept a model from answering. */
export type FailureKind =
  /** The conversation is longer than the model takes: the same again fails again, a shorter one need not. */
  | 'overflow'
  /** Too many requests, or a quota that is used up. */
  | 'rate'
  /** The server has trouble of its own, or too much to do. */
  | 'server'
  /** It could not be reached, or the connection broke. */
  | 'network'
  /** It kept still for too long. */
  | 'timeout'
  /** The key is missing, wrong, or not good for this. */
  | 'auth'
  /** The server refuses this request, or knows no such model: the same again fails again. */
  | 'request'
  /** What came back is no reply that can be used. */
  | 'reply'
  /** It was not asked: a rule, or the door that everything goes out by, says no. */
  | 'refused';

export interface FailureFacts {
  kind: FailureKind;
  /** The HTTP status that the server answered with. */
  status?: number | undefined;
  /** Seconds after which the server wants to be asked again, as it says itself: any number from 0 on. */
  retryAfter?: number | undefined;
  /** Nobody but we ourselves reckons so, and nothing was sent: no limit of the model's can be told from it. */
  isEstimate?: boolean | undefined;
  /** Whether the same request may succeed later; from the kind where it is not said. */
  isRetryable?: boolean | undefined;
}

const MAY_PASS: readonly FailureKind[] = ['rate', 'server', 'network', 'timeout'];

/** The message is a sentence for the person; the rest says what can be done about it. */
export class ModelFailure extends Failure {
  override name = 'ModelFailure';
  readonly kind: FailureKind;
  readonly status: number | undefined;
  readonly retryAfter: number | undefined;
  readonly isEstimate: boolean;
  readonly isRetryable: boolean;

  constructor(message: string, facts: FailureFacts = { kind: 'reply' }) {
    const { kind, status, retryAfter, isEstimate = false, isRetryable } = facts;
    super(message);
    this.kind = kind;
    this.status = status;
    this.retryAfter = retryAfter;
    this.isEstimate = isEstimate;
    this.isRetryable = isRetryable ?? MAY_PASS.includes(kind);
  }

  override get fault(): Fault {
    return this.kind === 'auth' ? 'key' : 'model';
  }
}
