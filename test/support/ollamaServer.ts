/** A real HTTP server that speaks Ollama's streaming /api/chat, well or badly, as a script says. */
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
  type Recorded,
  type ScriptedReply,
  type ServerScript,
} from './modelServer.ts';

export interface OllamaServerOptions {
  /** The only model that was pulled. */
  model?: string;
  /** What it says of that; without it, it does not know the address, as other servers with this protocol. */
  show?: Record<string, unknown>;
}

/** Starts the server; `url` has no path, as Ollama's has none. */
export async function ollamaServer(
  script: ServerScript,
  { model = 'test-model', show = { capabilities: ['completion', 'tools'] } }: OllamaServerOptions = {},
): Promise<ModelServer> {
  const problems: string[] = [];
  return serve('', problems, async (request, response, number) => {
    const body = bodyOf(request);
    if (request.path === '/api/tags') {
      sendJson(response, 200, { models: [{ name: model, model, size: 4_000_000_000, details: { family: 'test' } }] });
      return;
    }
    if (request.path === '/api/show') {
      if (body?.['model'] === model) sendJson(response, 200, show);
      else sendJson(response, 404, { error: `model '${String(body?.['model'])}' not found` });
      return;
    }
    const problem = requestProblem(request, body);
    if (problem !== undefined || !body) {
      problems.push(problem ?? 'the body is not a JSON object');
      sendJson(response, 400, { error: problem });
      return;
    }
    if (body['model'] !== model) {
      sendJson(response, 404, { error: `model '${String(body['model'])}' not found` });
      return;
    }
    const reply = await script(seen(body), number);
    if (reply.misbehave === undefined) await answer(response, reply, model);
    else await misbehaveAs(reply.misbehave, response, misbehaving(model, reply.text));
  });
}

async function answer(response: ServerResponse, reply: ScriptedReply, model: string): Promise<void> {
  const { text = '', calls = [], usage = { input: 100, output: 20 } } = reply;
  const lines = (reply.fields ?? []).map((fields) => line(model, { content: '', ...fields }));
  lines.push(...pieces(text).map((content) => line(model, { content })));
  const done_reason = reply.end === undefined ? 'stop' : (reply.end ?? undefined);
  for (const call of calls)
    lines.push(
      line(model, { content: '', tool_calls: [{ function: { name: call.name, arguments: call.args ?? {} } }] }),
    );
  streamHead(response);
  await dribble(
    response,
    lines.join('') +
      `${JSON.stringify({ ...head(model, { content: '' }), done: true, done_reason, total_duration: 1, prompt_eval_count: usage.input, eval_count: usage.output })}\n`,
    reply.paceMs,
  );
  response.end();
}

function misbehaving(model: string, words = 'an error was encountered while running the model'): Misbehaving {
  return {
    refusals: {
      unauthorized: { status: 401, body: { error: 'unauthorized' } },
      'not-found': { status: 404, body: { error: `model '${model}' not found` } },
      'too-many': {
        status: 429,
        body: { error: 'server busy, please try again. maximum pending requests exceeded' },
      },
      'server-error': { status: 500, body: { error: 'llama runner process has terminated\x1b[2J' } },
      overflow: { status: 400, body: { error: 'the input length exceeds the context length' } },
      overloaded: { status: 503, body: { error: 'server overloaded' } },
    },
    begin: streamHead,
    half: line(model, { content: 'Half a sen' }),
    error: `${JSON.stringify({ error: words })}\n`,
    call: line(model, { content: '', tool_calls: [{ function: { name: 'list_directory', arguments: {} } }] }),
    more: line(model, { content: 'and so on, ' }),
    garbage: '{"message": {"content": \n\x1b]0;owned\x07\n[1, 2]\n',
  };
}

function head(model: string, message: Record<string, unknown>): Record<string, unknown> {
  return { model, created_at: '2026-01-01T00:00:00.000Z', message: { role: 'assistant', ...message } };
}

function line(model: string, message: Record<string, unknown>): string {
  return `${JSON.stringify({ ...head(model, message), done: false })}\n`;
}

function streamHead(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
}

/** What Ollama refuses, and what it would silently misunderstand: calls and results must pair up. */
function requestProblem(request: Recorded, body: Record<string, unknown> | undefined): string | undefined {
  if (request.method !== 'POST' || request.path !== '/api/chat')
    return `unknown address ${request.method} ${request.path}`;
  if (request.headers.authorization !== undefined) return 'Ollama was sent a credential';
  if (!body) return 'the body is not a JSON object';
  if (body['stream'] !== true) return 'this server only streams';
  if (!Array.isArray(body['messages']) || body['messages'].length === 0) return 'there are no messages';
  const open: string[] = [];
  for (const [at, message] of body['messages'].entries()) {
    if (!isRecord(message) || typeof message['content'] !== 'string') return `message ${at} has no content`;
    if (message['role'] === 'tool') {
      if (open.shift() !== message['tool_name']) return `message ${at} is a result of another tool than was called`;
      continue;
    }
    if (open.length > 0) return `message ${at}: calls were not answered: ${open.join(', ')}`;
    if (!['system', 'user', 'assistant'].includes(String(message['role']))) return `message ${at} has no known role`;
    const calls: unknown = message['tool_calls'] ?? [];
    if (!Array.isArray(calls)) return `message ${at}: bad tool_calls`;
    for (const call of calls) {
      const target: unknown = isRecord(call) ? call['function'] : undefined;
      if (!isRecord(target) || !isRecord(target['arguments'])) return `message ${at}: arguments are not an object`;
      open.push(String(target['name']));
    }
  }
  return open.length > 0 ? `calls were not answered: ${open.join(', ')}` : undefined;
}
