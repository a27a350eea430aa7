import type { ChatCompletionMessageParam } from 'openai/resources/chat/completions';
import { isSeeing, type Image } from '../../core/models/images.ts';
import { sendable } from '../../core/models/sendable.ts';
import { type Message, type Model, type ModelEvent, type ModelRequest, type SaidEnd } from '../../core/models/port.ts';
import * as z from 'zod';
import type { FoundModel } from '../../shared/foundModels.ts';
import { isJsonObject } from '../../shared/json.ts';
import { destinationWords } from './destination.ts';
import { eventsOf } from './eventStream.ts';
import { brokenFailure, endedEarly, parsed, reportedFailure } from './failures.ts';
import { IMAGES_WORDS, imagesBehind, type ImagesShown } from './imagesBehind.ts';
import { fieldsFor, keptBy, KeptFields } from './keptFields.ts';
import { listedBy } from './listed.ts';
import { chunkOf } from './openaiChunk.ts';
import { sayingWhere } from './runsAt.ts';
import { answerOf, askedBy, type Answer, type Asking, type Server, type ServerSettings } from './server.ts';
import { StreamedCalls } from './streamedCalls.ts';

export interface OpenAiSettings extends ServerSettings {
  /** Empty for a local server that wants none. */
  apiKey: string;
}

type Keyed = Server & Pick<OpenAiSettings, 'apiKey'>;

/** Fields of a message in which servers of this protocol send what they want back: thoughts, and signatures of them. */
const KEPT_FIELDS = ['reasoning_content', 'reasoning', 'reasoning_details', 'extra_content'];

/** The library's own limit is none: how long is waited is ours to say. */
const MOST_MS = 2 ** 31 - 1;

/** OpenAI's chat completions, and every server that speaks them: streamed, with tool calls. */
export function openAiModel(settings: OpenAiSettings): Model {
  return {
    provider: 'openai',
    label: `${settings.model} (${new URL(settings.baseUrl).host})`,
    destination: destinationWords(settings.baseUrl, process.env, settings.way),
    from: keptBy(settings),
    takesImages: isSeeing(settings.model),
    stream: (request, permit, signal) => stream(settings, request, { permit, signal }),
  };
}

async function* stream(
  settings: OpenAiSettings,
  request: ModelRequest,
  { permit, signal }: Asking,
): AsyncIterable<ModelEvent> {
  const from = keptBy(settings);
  const calls = new StreamedCalls();
  const kept = new KeptFields(KEPT_FIELDS);
  const server = openAiServer(settings);
  const { origin } = new URL(settings.baseUrl);
  let refused = false;
  let end: SaidEnd | undefined;
  try {
    const { response, patience } = await answer(server, request, sayingWhere(server, { permit, signal }));
    for await (const { name, data } of eventsOf(response)) {
      if (data.trim() === '[DONE]') break;
      const piece = parsed(data);
      const error = name === 'error' ? (piece ?? data) : isJsonObject(piece) && piece['error'];
      if (error) throw reportedFailure(error, server);
      const { usage, text, refusal, pieces, fields, end: said } = chunkOf(piece, origin);
      if (usage) yield { type: 'usage', ...usage };
      for (const words of [text, refusal]) if (words !== '') yield { type: 'text', text: words };
      for (const one of pieces) calls.take(one);
      kept.take(fields);
      refused ||= refusal !== '';
      end = said ?? end;
      if (end) patience.isWhole();
    }
  } catch (error) {
    // What was said to its end stays, whatever becomes of the connection.
    if (signal.aborted || !end) throw signal.aborted ? error : brokenFailure(error, server);
  }
  // A reply that was cut off may hold half a call that happens to parse.
  if (!end && !signal.aborted) throw endedEarly(settings.baseUrl, 'OpenAI’s chat completions do');
  const whole = kept.kept(from);
  if (whole) yield { type: 'kept', kept: whole };
  // Half a call has no end to be looked at; whether it is done is not decided here.
  for (const call of calls.whole(`call_${request.messages.length}`, from)) yield { type: 'call', call };
  if (end) yield { type: 'end', end: refused && end.why === 'finished' ? { why: 'refused' } : end };
}

/**
 * The library makes the request, and no more: it reads streams less forgivingly than servers write them, and would try
 * again unrecorded.
 */
async function answer(server: Keyed, request: ModelRequest, { permit, signal }: Asking): Promise<Answer> {
  const { default: OpenAI } = await import('openai');
  const from = keptBy(server);
  let answered: Answer | undefined;
  let failed: { by: unknown } | undefined;
  const client = new OpenAI({
    apiKey: server.apiKey === '' ? 'none' : server.apiKey,
    baseURL: server.baseUrl,
    fetch: async (input, init) => {
      try {
        const url = input instanceof Request ? input.url : String(input);
        answered = await answerOf(
          server,
          { url, method: 'POST', body: typeof init?.body === 'string' ? init.body : '' },
          { permit, signal },
        );
        return answered.response;
      } catch (error) {
        failed = { by: error };
        throw error;
      }
    },
    // Each attempt is a sending of its own; whether there is another one is not the library's to say.
    maxRetries: 0,
    timeout: MOST_MS,
    // Nothing of the environment decides where the request goes or for whom, or prints it.
    organization: null,
    project: null,
    adminAPIKey: null,
    logLevel: 'off',
  });
  try {
    await client.chat.completions
      .create(
        {
          model: server.model,
          messages: imagesBehind(sendable(request.messages), isSeeing(server.model)).map((message) =>
            toOpenAi(message, from),
          ),
          stream: true,
          stream_options: { include_usage: true },
          ...(request.tools.length > 0 && {
            tools: request.tools.map((tool) => ({ type: 'function' as const, function: tool })),
            ...(request.wordsOnly && { tool_choice: 'none' as const }),
          }),
        },
        { signal },
      )
      .asResponse();
  } catch (error) {
    throw failed ? failed.by : error;
  }
  if (!answered) throw new Error('the library asked nobody');
  return answered;
}

/** All that a server needs to be told; what the library adds (its own version, the platform, OPENAI_CUSTOM_HEADERS) stays here. */
export function openAiServer(settings: OpenAiSettings): Keyed {
  return {
    ...askedBy(settings),
    apiKey: settings.apiKey,
    who: new URL(settings.baseUrl).host,
    takesKey: true,
    headers: {
      accept: 'text/event-stream',
      'content-type': 'application/json',
      ...(settings.apiKey !== '' && { authorization: `Bearer ${settings.apiKey}` }),
    },
  };
}

function toOpenAi(message: Message | ImagesShown, from: string): ChatCompletionMessageParam {
  switch (message.role) {
    case 'images':
      return {
        role: 'user',
        content: [{ type: 'text', text: IMAGES_WORDS }, ...message.images.map(imagePart)],
      };
    case 'system':
      return { role: 'system', content: message.text };
    case 'user':
      return {
        role: 'user',
        content: message.images
          ? [{ type: 'text', text: message.text }, ...message.images.map(imagePart)]
          : message.text,
      };
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

function imagePart({ mediaType, base64 }: Image) {
  return { type: 'image_url' as const, image_url: { url: `data:${mediaType};base64,${base64}` } };
}

const Count = z.number().int().positive().optional().catch(undefined);
/** vLLM and OpenRouter say how much a model takes; OpenAI does not. */
const ListedSchema = z.object({ id: z.string(), max_model_len: Count, context_length: Count });

export async function openAiModels(settings: OpenAiSettings, asking: Asking): Promise<FoundModel[]> {
  const listed = await listedBy(openAiServer(settings), { path: '/models', key: 'data', entry: ListedSchema }, asking);
  return listed.map(({ id, max_model_len, context_length }) => {
    const tokens = max_model_len ?? context_length;
    return { name: id, about: tokens === undefined ? '' : `${tokens} tokens` };
  });
}
