/** A real HTTP server that speaks OpenAI's streaming chat completions, well or badly, as a script says. */
import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import {
  bodyOf,
  dribble,
  isRecord,
  misbehaveAs,
  pieces,
  seen,
  sendJson,
  serve,
  type Misbehaving,
  type ModelServer,
  type ScriptedReply,
  type ServerScript,
} from './modelServer.ts';
import { openAiProblem } from './openAiRequest.ts';

export interface OpenAiServerOptions {
  /** The only key that is let in. */
  apiKey?: string;
}

/** Starts the server; `url` ends in /v1, as OpenAI's does. */
export async function openAiServer(
  script: ServerScript,
  { apiKey = 'sk-test-key' }: OpenAiServerOptions = {},
): Promise<ModelServer> {
  const problems: string[] = [];
  return serve('/v1', problems, async (request, response, number) => {
    const sent = (request.headers.authorization ?? '').replace(/^Bearer /, '');
    // As careless services do, the refusal repeats the key.
    if (sent !== apiKey) {
      sendJson(response, 401, failure(`Incorrect API key provided: ${sent}.`, 'invalid_api_key'));
      return;
    }
    if (request.method === 'GET' && request.path === '/v1/models') {
      sendJson(response, 200, { object: 'list', data: [{ id: 'test-model', object: 'model', owned_by: 'test' }] });
      return;
    }
    const body = bodyOf(request);
    const problem = openAiProblem(request, body);
    if (problem !== undefined) {
      problems.push(problem);
      sendJson(response, 400, failure(problem, 'invalid_request_error'));
      return;
    }
    const reply = await script(seen(body), number);
    if (reply.misbehave === undefined) await answer(response, reply, wantsUsage(body));
    else await misbehaveAs(reply.misbehave, response, misbehaving(reply.text));
  });
}

async function answer(response: ServerResponse, reply: ScriptedReply, withUsage: boolean): Promise<void> {
  const { text = '', calls = [], usage = { input: 100, output: 20 } } = reply;
  const lines = [': comments are allowed\n\n', chunk({ role: 'assistant', content: '' })];
  for (const fields of reply.fields ?? []) lines.push(chunk(fields));
  for (const piece of pieces(text)) lines.push(chunk({ content: piece }));
  for (const [index, call] of calls.entries())
    lines.push(
      chunk({
        tool_calls: [
          {
            index,
            id: `call_${randomUUID()}`,
            type: 'function',
            function: { name: call.name, arguments: '' },
            ...call.fields,
          },
        ],
      }),
    );
  // Calls in parallel: their pieces come interleaved.
  const parts = calls.map((call) => pieces(call.raw ?? JSON.stringify(call.args ?? {}), 9));
  for (let turn = 0; parts.some((list) => turn < list.length); turn += 1)
    for (const [index, list] of parts.entries()) {
      const piece = list[turn];
      if (piece !== undefined) lines.push(chunk({ tool_calls: [{ index, function: { arguments: piece } }] }));
    }
  lines.push(chunk({}, reply.end ?? (calls.length > 0 ? 'tool_calls' : 'stop')));
  if (withUsage)
    lines.push(
      data({
        ...HEAD,
        choices: [],
        usage: {
          prompt_tokens: usage.input,
          completion_tokens: usage.output,
          total_tokens: usage.input + usage.output,
          ...(usage.cached !== undefined && { prompt_tokens_details: { cached_tokens: usage.cached } }),
        },
      }),
    );
  lines.push('data: [DONE]\n\n');
  streamHead(response);
  await dribble(response, lines.join(''), reply.paceMs);
  response.end();
}

const RETRY_SOON = { 'retry-after-ms': '20' };

function misbehaving(words = 'The model is overloaded.'): Misbehaving {
  const error = (type: string): string => data({ error: { message: words, type } });
  return {
    refusals: {
      unauthorized: { status: 401, body: failure('Incorrect API key provided.', 'invalid_api_key') },
      'not-found': {
        status: 404,
        body: failure('The model does not exist or you do not have access to it.', 'model_not_found'),
      },
      'too-many': {
        status: 429,
        body: failure('You exceeded your current quota.', 'insufficient_quota'),
        headers: RETRY_SOON,
      },
      'server-error': {
        status: 500,
        body: failure('The server had an error.\x1b[2J', 'server_error'),
        headers: RETRY_SOON,
      },
      overflow: {
        status: 400,
        body: failure('This is longer than the model’s context length.', 'context_length_exceeded'),
      },
      overloaded: { status: 503, body: failure('Overloaded.', 'server_error'), headers: { 'retry-after': '30' } },
    },
    begin: streamHead,
    half: chunk({ role: 'assistant', content: 'Half a sen' }),
    error: error('server_error'),
    wrong: error('invalid_request_error'),
    call: chunk({
      tool_calls: [
        { index: 0, id: 'call_cut', type: 'function', function: { name: 'list_directory', arguments: '{}' } },
      ],
    }),
    more: chunk({ content: 'and so on, ' }),
    garbage: 'data: {"choices": [{"delta": {"content": "x"\n\ndata: \x1b]0;owned\x07}\n\n',
  };
}

const HEAD = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'test-model' };

function chunk(delta: Record<string, unknown>, finish: string | null = null): string {
  return data({ ...HEAD, choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }] });
}

function data(value: unknown): string {
  return `data: ${JSON.stringify(value)}\n\n`;
}

function failure(message: string, code: string): unknown {
  return { error: { message, type: 'invalid_request_error', param: null, code } };
}

function streamHead(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' });
}

function wantsUsage(body: Record<string, unknown> | undefined): boolean {
  return isRecord(body?.['stream_options']) && body['stream_options']['include_usage'] === true;
}
