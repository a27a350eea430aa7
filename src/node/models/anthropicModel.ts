import * as z from 'zod';
import {
  ModelFailure,
  type FailureKind,
  type Model,
  type ModelEvent,
  type ModelRequest,
  type Usage,
} from '../../core/models/port.ts';
import type { FoundModel } from '../../shared/foundModels.ts';
import { keptBlocks, type Block } from './anthropicKept.ts';
import { requestOf } from './anthropicMessages.ts';
import { AnthropicReply } from './anthropicReply.ts';
import { destinationWords } from './destination.ts';
import { eventsOf } from './eventStream.ts';
import { brokenFailure, endedEarly, parsed, reportedFailure } from './failures.ts';
import { keptBy } from './keptFields.ts';
import { listedBy } from './listed.ts';
import { sayingWhere } from './runsAt.ts';
import { answerOf, askedBy, jsonOf, type Asking, type Server, type ServerSettings } from './server.ts';

export interface AnthropicSettings extends ServerSettings {
  /** Empty for a local server that wants none. */
  apiKey: string;
}

/** What a server says of one of its models; all of it may be missing. */
const ModelSchema = z.object({
  max_input_tokens: z.number().int().positive().nullish().catch(undefined),
  max_tokens: z.number().int().positive().nullish().catch(undefined),
});
/** Tokens of one reply: the protocol demands a number, and every model that is there takes this one. */
const USUAL_MOST = 8192;
/** More than this in one reply is no answer any more. */
const MOST = 32_000;
/** A server may pause a long reply and wants it sent back to go on. */
const MOST_PAUSES = 8;

/** What a server without this address answers; all else keeps the model from being asked, too. */
const SAYS_NOTHING: readonly FailureKind[] = ['request', 'server', 'reply'];

interface Facts {
  contextTokens: number | undefined;
  maxTokens: number;
}

/**
 * Anthropic's Messages API, streamed, with tool calls, and the prompt cached. Its client library is used for its types
 * alone: it takes credentials, profiles and where prompts are traced from the environment, prints what it cannot parse,
 * and weighs as much as a third of all that is shipped.
 */
export function anthropicModel(settings: AnthropicSettings): Model {
  const server = anthropicServer(settings);
  let facts: Facts | undefined;
  return {
    provider: 'anthropic',
    label: `${settings.model} (${new URL(settings.baseUrl).host})`,
    destination: destinationWords(settings.baseUrl, process.env, settings.way),
    from: keptBy(server),
    takesImages: true,
    get contextTokens() {
      return facts?.contextTokens;
    },
    async *stream(request, permit, signal) {
      const asking = { permit, signal };
      facts ??= await factsOf(server, asking);
      yield* stream({ server, facts, request }, asking);
    },
  };
}

interface Streaming {
  server: Server;
  /** The most tokens are corrected where the server says better. */
  facts: Facts;
  request: ModelRequest;
}

async function* stream({ server, facts, request }: Streaming, asking: Asking): AsyncIterable<ModelEvent> {
  const from = keptBy(server);
  const blocks: Block[] = [];
  let usage: Usage | undefined;
  let isCorrected = false;
  for (let pauses = 0; ; pauses += 1) {
    const reply = new AnthropicReply(server.who);
    const body = { ...{ model: server.model, maxTokens: facts.maxTokens, from }, begun: blocks };
    try {
      yield* read(reply, { server, body: JSON.stringify(requestOf(request, body)) }, asking);
    } catch (error) {
      const most = mostSaidBy(error);
      // Once: each correction sends the whole prompt again.
      if (isCorrected || most === undefined || most < 1 || most >= facts.maxTokens) throw error;
      isCorrected = true;
      facts.maxTokens = most;
      continue;
    }
    usage = sum(usage, reply.usage);
    blocks.push(...reply.blocks);
    if (reply.stop === 'pause_turn' && pauses < MOST_PAUSES) continue;
    if (usage) yield { type: 'usage', ...usage };
    const kept = keptBlocks(blocks, from);
    if (kept) yield { type: 'kept', kept };
    for (const call of reply.calls(`call_${request.messages.length}`)) yield { type: 'call', call };
    if (reply.end) yield { type: 'end', end: reply.end };
    return;
  }
}

/** Reads one answer to its end, telling its words as they come. */
async function* read(
  reply: AnthropicReply,
  { server, body }: { server: Server; body: string },
  asking: Asking,
): AsyncIterable<ModelEvent> {
  try {
    const wanted = { url: `${server.baseUrl}/v1/messages`, method: 'POST', body } as const;
    const { response, patience } = await answerOf(server, wanted, sayingWhere(server, asking));
    for await (const { name, data } of eventsOf(response)) {
      const event = parsed(data);
      const error = z.object({ type: z.literal('error'), error: z.unknown().optional() }).safeParse(event).data;
      if (error ?? name === 'error') throw reportedFailure(error?.error ?? event ?? data, server);
      const { text, isLast } = reply.take(event);
      if (text !== '') yield { type: 'text', text };
      if (isLast) return;
      if (reply.stop !== undefined) patience.isWhole();
    }
  } catch (error) {
    // What was said to its end stays, whatever becomes of the connection.
    if (asking.signal.aborted || reply.stop === undefined)
      throw asking.signal.aborted ? error : brokenFailure(error, server);
  }
  if (reply.stop === undefined) throw endedEarly(server.baseUrl, 'Anthropic’s Messages API does');
}

/** The most tokens of a reply, where a server refuses more and says how many. */
function mostSaidBy(error: unknown): number | undefined {
  if (!(error instanceof ModelFailure) || error.kind !== 'request') return undefined;
  const most = /max_tokens: \d+ > (\d+)/.exec(error.message)?.[1];
  return most === undefined ? undefined : Number(most);
}

/** Asked once; a server that does not say is no worse for it. */
async function factsOf(server: Server, asking: Asking): Promise<Facts> {
  let said: z.infer<typeof ModelSchema> = {};
  try {
    const url = `${server.baseUrl}/v1/models/${encodeURIComponent(server.model)}`;
    said = ModelSchema.safeParse(await jsonOf(server, { url, method: 'GET' }, asking)).data ?? {};
  } catch (error) {
    if (!(error instanceof ModelFailure) || !SAYS_NOTHING.includes(error.kind)) throw error;
  }
  return {
    contextTokens: said.max_input_tokens ?? undefined,
    maxTokens: Math.min(said.max_tokens ?? USUAL_MOST, MOST),
  };
}

export function anthropicServer(settings: AnthropicSettings): Server {
  return {
    ...askedBy(settings),
    // With or without the version behind it: people copy both.
    baseUrl: settings.baseUrl.replace(/\/v1$/, ''),
    who: new URL(settings.baseUrl).host,
    takesKey: true,
    headers: {
      accept: 'text/event-stream, application/json',
      'content-type': 'application/json',
      'anthropic-version': '2023-06-01',
      ...(settings.apiKey !== '' && { 'x-api-key': settings.apiKey }),
    },
  };
}

function sum(a: Usage | undefined, b: Usage | undefined): Usage | undefined {
  if (!a || !b) return a ?? b;
  return { input: a.input + b.input, output: a.output + b.output, cached: (a.cached ?? 0) + (b.cached ?? 0) };
}

const ListedSchema = ModelSchema.extend({ id: z.string(), display_name: z.string().catch('') });

export async function anthropicModels(settings: AnthropicSettings, asking: Asking): Promise<FoundModel[]> {
  const where = { path: '/v1/models?limit=1000', key: 'data', entry: ListedSchema };
  const listed = await listedBy(anthropicServer(settings), where, asking);
  return listed.map(({ id, display_name, max_input_tokens: tokens }) => ({
    name: id,
    about: [display_name, tokens == null ? '' : `${tokens} tokens`].filter((words) => words !== '').join(', '),
  }));
}
