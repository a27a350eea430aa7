/** A real HTTP server that speaks Anthropic's streaming Messages API, well or badly, as a script says. */
import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { anthropicProblem, textsOf } from './anthropicRequest.ts';
import {
  bodyOf,
  dribble,
  isRecord,
  misbehaveAs,
  pieces,
  sendJson,
  serve,
  type Misbehaving,
  type ModelServer,
  type ScriptedReply,
  type SeenRequest,
  type ServerScript,
} from './modelServer.ts';

export interface AnthropicServerOptions {
  /** The only key that is let in. */
  apiKey?: string;
  /** What the server says of its model; without it, it does not know the address. */
  facts?: Record<string, unknown>;
  /** The most tokens that it lets a reply have. */
  mostTokens?: number;
}

/** Starts the server; `url` has no path, as Anthropic's has none. */
export async function anthropicServer(
  script: ServerScript,
  {
    apiKey = 'sk-test-key',
    facts = { max_input_tokens: 200_000, max_tokens: 64_000 },
    mostTokens = 64_000,
  }: AnthropicServerOptions = {},
): Promise<ModelServer> {
  const problems: string[] = [];
  let number = 0;
  return serve('', problems, async (request, response) => {
    if (request.headers['x-api-key'] !== apiKey) {
      sendJson(
        response,
        401,
        failure(`invalid x-api-key ${String(request.headers['x-api-key'])}`, 'authentication_error'),
      );
      return;
    }
    if (request.method === 'GET' && request.path.startsWith('/v1/models')) {
      const id = request.path.slice('/v1/models/'.length);
      const model = {
        type: 'model',
        id: 'test-model',
        display_name: 'Test',
        created_at: '2026-01-01T00:00:00Z',
        ...facts,
      };
      if (request.path.startsWith('/v1/models?') || id === '')
        sendJson(response, 200, { data: [model], has_more: false });
      else if (id === 'test-model') sendJson(response, 200, model);
      else sendJson(response, 404, failure(`model: ${id}`, 'not_found_error'));
      return;
    }
    const body = bodyOf(request);
    if (Number(body?.['max_tokens']) > mostTokens) {
      const words = `max_tokens: ${String(body?.['max_tokens'])} > ${mostTokens}, which is the maximum allowed number of output tokens`;
      sendJson(response, 400, failure(words, 'invalid_request_error'));
      return;
    }
    const problem = anthropicProblem(request, body);
    if (problem !== undefined) {
      problems.push(problem);
      sendJson(response, 400, failure(problem, 'invalid_request_error'));
      return;
    }
    const reply = await script(seenBy(body), number++);
    if (reply.misbehave === undefined) await answer(response, reply);
    else await misbehaveAs(reply.misbehave, response, misbehaving(reply.text));
  });
}

async function answer(response: ServerResponse, reply: ScriptedReply): Promise<void> {
  const { text = '', calls = [], usage = { input: 100, output: 20 } } = reply;
  const cached = Math.max(usage.cached ?? 0, 0);
  const lines = [
    event('message_start', {
      message: {
        ...{ id: 'msg_1', type: 'message', role: 'assistant', model: 'test-model', content: [], stop_reason: null },
        usage: {
          input_tokens: usage.input - cached,
          output_tokens: usage.output,
          cache_read_input_tokens: cached,
          cache_creation_input_tokens: 0,
        },
      },
    }),
    event('ping', {}),
  ];
  let index = 0;
  // Whole blocks: thoughts, and whatever else a server sends.
  for (const block of reply.fields ?? []) {
    const { thinking, signature, ...start } = block;
    lines.push(event('content_block_start', { index, content_block: block }));
    if (typeof thinking === 'string') {
      lines.pop();
      lines.push(event('content_block_start', { index, content_block: { ...start, thinking: '', signature: '' } }));
      for (const piece of pieces(thinking))
        lines.push(event('content_block_delta', { index, delta: { type: 'thinking_delta', thinking: piece } }));
      lines.push(event('content_block_delta', { index, delta: { type: 'signature_delta', signature } }));
    }
    lines.push(event('content_block_stop', { index }));
    index += 1;
  }
  if (text !== '') {
    lines.push(event('content_block_start', { index, content_block: { type: 'text', text: '' } }));
    for (const piece of pieces(text))
      lines.push(event('content_block_delta', { index, delta: { type: 'text_delta', text: piece } }));
    lines.push(event('content_block_stop', { index }));
    index += 1;
  }
  for (const call of calls) {
    const start = {
      type: 'tool_use',
      id: `toolu_${randomUUID().slice(0, 8)}`,
      name: call.name,
      input: {},
      ...call.fields,
    };
    lines.push(event('content_block_start', { index, content_block: start }));
    for (const piece of pieces(call.raw ?? JSON.stringify(call.args ?? {}), 9))
      lines.push(event('content_block_delta', { index, delta: { type: 'input_json_delta', partial_json: piece } }));
    lines.push(event('content_block_stop', { index }));
    index += 1;
  }
  const stop_reason = reply.end ?? (calls.length > 0 ? 'tool_use' : 'end_turn');
  lines.push(
    event('message_delta', { delta: { stop_reason, stop_sequence: null }, usage: { output_tokens: usage.output } }),
    event('message_stop', {}),
  );
  streamHead(response);
  await dribble(response, lines.join(''), reply.paceMs);
  response.end();
}

function misbehaving(words = 'Overloaded'): Misbehaving {
  return {
    refusals: {
      unauthorized: { status: 401, body: failure('invalid x-api-key', 'authentication_error') },
      'not-found': { status: 404, body: failure('model: test-model', 'not_found_error') },
      'too-many': {
        status: 429,
        body: failure('This request would exceed your rate limit.', 'rate_limit_error'),
        headers: { 'retry-after-ms': '20' },
      },
      'server-error': { status: 500, body: failure('Internal server error\x1b[2J', 'api_error') },
      overflow: { status: 400, body: failure('prompt is too long for this model', 'invalid_request_error') },
      overloaded: { status: 529, body: failure('Overloaded', 'overloaded_error'), headers: { 'retry-after': '30' } },
    },
    begin: streamHead,
    half:
      event('message_start', { message: { id: 'msg_1', role: 'assistant', content: [], usage: { input_tokens: 1 } } }) +
      event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }) +
      event('content_block_delta', { index: 0, delta: { type: 'text_delta', text: 'Half a sen' } }),
    error: event('error', { error: { type: 'overloaded_error', message: words } }),
    call:
      event('content_block_stop', { index: 0 }) +
      event('content_block_start', {
        index: 1,
        content_block: { type: 'tool_use', id: 'toolu_cut', name: 'list_directory', input: {} },
      }) +
      event('content_block_stop', { index: 1 }),
    more: event('content_block_delta', { index: 0, delta: { type: 'text_delta', text: 'and so on, ' } }),
    needsBeginning: true,
    garbage: 'event: message_start\ndata: {"type": "message_start", "mess\n\ndata: \x1b]0;owned\x07}\n\n',
  };
}

/** An event as the API writes it: its name twice. */
export function event(type: string, fields: Record<string, unknown>): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
}

function failure(message: string, type: string): unknown {
  return { type: 'error', error: { type, message }, request_id: 'req_1' };
}

function streamHead(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
}

/** The request as a script looks at it: results of calls are messages of their own there. */
function seenBy(body: Record<string, unknown> | undefined): SeenRequest {
  const messages: SeenRequest['messages'] = [];
  for (const message of (body?.['messages'] ?? []) as { role: string; content: unknown }[])
    for (const block of Array.isArray(message.content) ? message.content : [{ type: 'text', text: message.content }]) {
      const isResult = isRecord(block) && block['type'] === 'tool_result';
      messages.push({ role: isResult ? 'tool' : message.role, text: textsOf(isResult ? block['content'] : [block]) });
    }
  const system = textsOf(body?.['system']);
  return {
    messages: [{ role: 'system', text: system }, ...messages],
    results: messages
      .slice(messages.findLastIndex(({ role }) => role === 'user'))
      .flatMap(({ role, text }) => (role === 'tool' ? [text] : [])),
    tools: ((body?.['tools'] ?? []) as { name: string }[]).map(({ name }) => name),
    model: String(body?.['model']),
  };
}
