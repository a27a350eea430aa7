/** What OpenAI's service would refuse about a request, checked as strictly as the service does it. */
import { isRecord, type Recorded } from './modelServer.ts';

const NAME = /^[a-zA-Z0-9_-]{1,64}$/;

/** The first thing that is wrong, as a sentence; undefined for a good request. */
export function openAiProblem(request: Recorded, body: Record<string, unknown> | undefined): string | undefined {
  if (request.method !== 'POST' || request.path !== '/v1/chat/completions')
    return `unknown address ${request.method} ${request.path}`;
  if (!String(request.headers['content-type']).startsWith('application/json')) return 'the content type is not JSON';
  if (!body) return 'the body is not a JSON object';
  if (typeof body['model'] !== 'string' || body['model'] === '') return 'no model is named';
  if (body['stream'] !== true) return 'this server only streams';
  if (!request.body.isWellFormed() || /\\ud[89a-f]/i.test(request.body)) return 'the body holds half a character';
  const { messages, tools } = body;
  if (!Array.isArray(messages) || messages.length === 0) return 'there are no messages';
  return messagesProblem(messages) ?? (tools === undefined ? undefined : toolsProblem(tools));
}

/** Every call of an assistant message is answered right after it, each once; a result without a call is refused. */
function messagesProblem(messages: unknown[]): string | undefined {
  let open = new Set<string>();
  for (const [at, message] of messages.entries()) {
    if (!isRecord(message)) return `message ${at} is no object`;
    const { role, content, tool_calls: calls } = message;
    if (role === 'tool') {
      const id = message['tool_call_id'];
      if (typeof id !== 'string' || !open.delete(id))
        return `message ${at}: a tool result without a call, or a second one`;
      if (typeof content !== 'string') return `message ${at}: the result is no text`;
      continue;
    }
    if (open.size > 0) return `message ${at}: calls were not answered: ${[...open].join(', ')}`;
    if (role !== 'system' && role !== 'user' && role !== 'assistant') return `message ${at} has no known role`;
    const isParts = role === 'user' && Array.isArray(content) && content.length > 0 && content.every(isPart);
    if (typeof content !== 'string' && !isParts && !(role === 'assistant' && content === null && Array.isArray(calls)))
      return `message ${at} has no content`;
    if (calls === undefined) continue;
    if (role !== 'assistant' || !Array.isArray(calls) || calls.length === 0) return `message ${at}: bad tool_calls`;
    open = new Set();
    for (const call of calls) {
      const problem = callProblem(call);
      if (problem !== undefined) return `message ${at}: ${problem}`;
      const id = String((call as { id: unknown }).id);
      if (open.has(id)) return `message ${at}: two calls with the id ${id}`;
      open.add(id);
    }
  }
  if (open.size > 0) return `calls were not answered: ${[...open].join(', ')}`;
  const last = messages.at(-1);
  return isRecord(last) && last['role'] === 'assistant' ? 'the last message is the assistant’s own' : undefined;
}

function callProblem(call: unknown): string | undefined {
  if (!isRecord(call) || typeof call['id'] !== 'string' || call['id'] === '' || call['type'] !== 'function')
    return 'a call without id or type';
  const target = call['function'];
  if (!isRecord(target) || typeof target['name'] !== 'string' || typeof target['arguments'] !== 'string')
    return 'a call without a function';
  if (call['id'].length > 40) return 'a call with an id of more than 40 characters';
  if (!isObject(target['arguments'])) return `a call of ${target['name']} whose arguments are no object`;
  return NAME.test(target['name']) ? undefined : `a call of "${target['name']}", which is no name`;
}

function isObject(text: string): boolean {
  try {
    return isRecord(JSON.parse(text));
  } catch {
    return false;
  }
}

function toolsProblem(tools: unknown): string | undefined {
  if (!Array.isArray(tools) || tools.length === 0 || tools.length > 128) return 'tools must be a list of 1 to 128';
  for (const tool of tools) {
    if (!isRecord(tool) || tool['type'] !== 'function' || !isRecord(tool['function']))
      return 'a tool that is no function';
    const { name, description, parameters } = tool['function'];
    if (typeof name !== 'string' || !NAME.test(name)) return 'a tool without a proper name';
    if (typeof description !== 'string') return `the tool ${name} has no description`;
    if (!isRecord(parameters) || parameters['type'] !== 'object')
      return `the parameters of ${name} are no JSON Schema of an object`;
  }
  return undefined;
}

/** A part of what a user says: words, or an image by its data (platform.openai.com/docs/guides/images-vision). */
function isPart(part: unknown): boolean {
  if (!isRecord(part)) return false;
  if (part['type'] === 'text') return typeof part['text'] === 'string';
  const image = part['image_url'];
  return (
    part['type'] === 'image_url' &&
    isRecord(image) &&
    /^data:image\/[a-z]+;base64,[A-Za-z0-9+/=]+$/.test(String(image['url']))
  );
}
