import type { Message as OllamaMessage, Tool as OllamaTool } from 'ollama';
import * as z from 'zod';
import { isSeeing } from '../../core/models/images.ts';
import { sendable } from '../../core/models/sendable.ts';
import { ModelFailure, type Message, type Model, type ModelEvent, type ModelRequest } from '../../core/models/port.ts';
import type { FoundModel } from '../../shared/foundModels.ts';
import { destinationWords } from './destination.ts';
import { endBy } from './endWords.ts';
import { brokenFailure, endedEarly, parsed, reportedFailure } from './failures.ts';
import { IMAGES_WORDS, imagesBehind, type ImagesShown } from './imagesBehind.ts';
import { fieldsFor, keptBy, KeptFields } from './keptFields.ts';
import { listedBy } from './listed.ts';
import { ollamaFacts, type OllamaFacts } from './ollamaFacts.ts';
import { OllamaRoom, type Asked } from './ollamaRoom.ts';
import { linesOf } from './lines.ts';
import { PassedOnSchema, passedOnTo, runsAtByName, sayingWhere } from './runsAt.ts';
import { answerOf, askedBy, type Answer, type Asking, type Server, type ServerSettings } from './server.ts';

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
  ...PassedOnSchema.shape,
});

/** Ollama's own protocol (/api/chat), streamed, with tool calls. */
export function ollamaModel(settings: ServerSettings): Model {
  const server = ollamaServer(settings);
  let known: Known | undefined;
  return {
    provider: 'ollama',
    label: `${settings.model} (Ollama, ${new URL(settings.baseUrl).host})`,
    destination:
      destinationWords(settings.baseUrl, process.env, settings.way) +
      (runsAtByName(settings.model) !== undefined
        ? ' By its name, this model runs in Ollama’s cloud: all of it goes there.'
        : ''),
    from: keptBy(settings),
    takesImages: isSeeing(settings.model),
    get contextTokens() {
      return known?.facts.contextTokens;
    },
    async *stream(request, permit, signal) {
      const asking = { permit, signal };
      known ??= await knownOf(server, asking);
      yield* stream({ server, known, request }, passingOn(sayingWhere(server, asking, true), known.facts));
    },
  };
}

interface Known {
  facts: OllamaFacts;
  room: OllamaRoom;
}

async function knownOf(server: Server, asking: Asking): Promise<Known> {
  const facts = await ollamaFacts(server, asking);
  return { facts, room: new OllamaRoom(facts) };
}

/** The rules are asked about where a prompt really goes. */
function passingOn({ permit, signal }: Asking, { runsAt }: OllamaFacts): Asking {
  if (runsAt === undefined) return { permit, signal };
  return { permit: (sending) => permit({ ...sending, forwardedTo: runsAt }), signal };
}

function runsElsewhere({ model }: Server, { facts }: Known): string | undefined {
  return facts.runsAt ?? runsAtByName(model);
}

interface Streaming {
  server: Server;
  known: Known;
  request: ModelRequest;
}

/**
 * Ollama's client library is not used for the sending itself: it prints what it cannot parse on the console, reads
 * a key from the environment, and leaves the connection open when its reader has had enough.
 */
async function* stream({ server, known, request }: Streaming, asking: Asking): AsyncIterable<ModelEvent> {
  const { origin } = new URL(server.baseUrl);
  const from = keptBy(server);
  const kept = new KeptFields(KEPT_FIELDS);
  let number = 0;
  try {
    const { response } = await ask({ server, known, request }, asking);
    for await (const line of linesOf(response)) {
      if (line.trim() === '') continue;
      const part = PartSchema.safeParse(parsed(line)).data;
      if (!part) throw new ModelFailure(`${origin} does not answer as Ollama does. Check oversign.model.baseUrl.`);
      if (part.error !== undefined) throw reportedFailure(part.error, server);
      const host = passedOnTo(part);
      // The rules were asked about this machine alone: nothing more of it goes there.
      if (host !== undefined && runsElsewhere(server, known) === undefined)
        throw new ModelFailure(`${origin} passed the prompt on to ${host}, and had not said that it would.`, {
          kind: 'refused',
        });
      if (part.message.content !== '') yield { type: 'text', text: part.message.content };
      kept.take(part.message);
      for (const { function: call } of part.message.tool_calls) {
        number += 1;
        // Ollama gives calls no id: the position in the conversation is one.
        const id = `call_${request.messages.length}_${number}`;
        yield { type: 'call', call: { id, name: call.name, arguments: textOf(call.arguments) } };
      }
      if (!part.done) continue;
      const whole = kept.kept(from);
      if (whole) yield { type: 'kept', kept: whole };
      known.room.counted(part.prompt_eval_count);
      yield { type: 'usage', input: part.prompt_eval_count, output: part.eval_count };
      yield { type: 'end', end: endBy(part.done_reason ?? 'stop') };
      return; // what is done is done, whether the server closes or not
    }
  } catch (error) {
    throw asking.signal.aborted ? error : brokenFailure(error, server);
  }
  throw endedEarly(server.baseUrl);
}

function ask({ server, known, request }: Streaming, asking: Asking): Promise<Answer> {
  const { model, baseUrl } = server;
  if (request.tools.length > 0 && known.facts.canCall === false)
    throw new ModelFailure(
      `${model} cannot call tools, and without them an agent can do nothing. Choose one that can, such as: ollama pull qwen3`,
      { kind: 'request' },
    );
  const from = keptBy(server);
  const said = {
    model,
    messages: imagesBehind(sendable(request.messages), isSeeing(model)).map((message) => toOllama(message, from)),
    stream: true,
    // What is too long is an error instead of being left out; early versions do not know these.
    truncate: false,
    shift: false,
    ...(request.tools.length > 0 && {
      tools: request.tools.map((tool): OllamaTool => ({ type: 'function', function: tool })),
    }),
  };
  const options = { num_ctx: known.room.for(asked(said), model) };
  const body = JSON.stringify({ ...said, options });
  return answerOf(server, { url: `${baseUrl}/api/chat`, method: 'POST', body }, asking);
}

/** The text of a picture is none of the prompt's. */
function asked(said: { messages: OllamaMessage[] }): Asked {
  const messages = said.messages.map(({ images: _, ...message }) => message);
  const pictures = said.messages.reduce((sum, { images = [] }) => sum + images.length, 0);
  return { characters: JSON.stringify({ ...said, messages }).length, pictures };
}

export function ollamaServer(settings: ServerSettings): Server {
  const { model, baseUrl } = settings;
  const who = `Ollama at ${new URL(baseUrl).origin}`;
  return {
    ...askedBy(settings),
    who,
    takesKey: false,
    headers: { 'content-type': 'application/json', accept: 'application/x-ndjson' },
    missingModel: `${who} has no model "${model}". Fetch it with: ollama pull ${model}`,
    nobodyThere: `No ${who.replace(' at ', ' answers at ')}. Start it with: ollama serve`,
  };
}

function toOllama(message: Message | ImagesShown, from: string): OllamaMessage {
  switch (message.role) {
    case 'images':
      return { role: 'user', content: IMAGES_WORDS, images: message.images.map(({ base64 }) => base64) };
    case 'system':
      return { role: 'system', content: message.text };
    case 'user':
      return {
        ...{ role: 'user', content: message.text },
        ...(message.images && { images: message.images.map(({ base64 }) => base64) }),
      };
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

const ListedSchema = PassedOnSchema.extend({
  name: z.string(),
  size: z.number().optional().catch(undefined),
});

/** Those that are installed. */
export async function ollamaModels(settings: ServerSettings, asking: Asking): Promise<FoundModel[]> {
  const listed = await listedBy(
    ollamaServer(settings),
    { path: '/api/tags', key: 'models', entry: ListedSchema },
    asking,
  );
  return listed.map((one) => {
    const { name, size } = one;
    const host = passedOnTo(one);
    if (host !== undefined) return { name, about: `runs at ${host}`, runsAt: host };
    const byName = runsAtByName(name);
    const about = size === undefined ? '' : `${(size / 1e9).toFixed(1)} GB`;
    return { name, about, ...(byName !== undefined && { runsAt: byName }) };
  });
}
