/** What Anthropic's Messages API refuses of a request, so that a test fails where the real service would. */
import { isRecord, type Recorded } from './modelServer.ts';

export function anthropicProblem(request: Recorded, body: Record<string, unknown> | undefined): string | undefined {
  if (request.method !== 'POST' || request.path !== '/v1/messages')
    return `unknown address ${request.method} ${request.path}`;
  if (request.headers['anthropic-version'] !== '2023-06-01') return 'anthropic-version: header is required';
  if (request.headers.authorization !== undefined) return 'two kinds of credentials';
  if (!body) return 'the body is not a JSON object';
  if (body['stream'] !== true) return 'this server only streams';
  if (!Number.isInteger(body['max_tokens']) || Number(body['max_tokens']) < 1) return 'max_tokens: field required';
  if (Number(body['max_tokens']) > 32_000) return 'max_tokens: more than this server gives';
  if (!request.body.isWellFormed() || /\\ud[89a-f]/i.test(request.body)) return 'the body holds half a character';
  if ((request.body.match(/"cache_control"/g) ?? []).length > 4) return 'A maximum of 4 blocks with cache_control';
  for (const tool of list(body['tools']))
    if (!isName(tool['name']) || !isRecord(tool['input_schema']) || tool['type'] !== undefined)
      return `tools: ${String(tool['name'])} is none of the client's`;
  return messagesProblem(body['messages']);
}

function messagesProblem(messages: unknown): string | undefined {
  if (!Array.isArray(messages) || messages.length === 0) return 'messages: at least one message is required';
  const ids = new Set<string>();
  let open: string[] = [];
  for (const [at, message] of messages.entries()) {
    if (!isRecord(message) || !['user', 'assistant'].includes(String(message['role']))) return `messages.${at}.role`;
    const isUser = message['role'] === 'user';
    if (at === 0 && !isUser) return 'messages: first message must use the "user" role';
    const blocks = list(message['content']);
    if (blocks.length === 0) return `messages.${at}: content must not be empty`;
    const results = blocks.filter(({ type }) => type === 'tool_result').map(({ tool_use_id: id }) => String(id));
    if (open.some((id) => !results.includes(id)) || results.some((id) => !open.includes(id)))
      return `messages.${at}: tool_use ids were found without tool_result blocks immediately after: ${open.join(', ')}`;
    open = [];
    let isBehindResults = true;
    for (const block of blocks) {
      const { type } = block;
      if (type === 'text' && (typeof block['text'] !== 'string' || block['text'].trim() === ''))
        return `messages.${at}: text content blocks must contain non-whitespace text`;
      if (type === 'tool_result' && !isBehindResults) return `messages.${at}: tool_result must come first`;
      if (type !== 'tool_result') isBehindResults = false;
      if (type === 'thinking' && typeof block['signature'] !== 'string')
        return `messages.${at}: signature: field required`;
      if (type !== 'tool_use') continue;
      const id = String(block['id']);
      if (isUser || !/^[A-Za-z0-9_-]+$/.test(id) || !isName(block['name'])) return `messages.${at}: tool_use.id: ${id}`;
      if (!isRecord(block['input'])) return `messages.${at}: tool_use.input: Input should be a valid dictionary`;
      if (ids.has(id)) return `messages.${at}: tool_use ids must be unique: ${id}`;
      ids.add(id);
      open.push(id);
    }
  }
  return open.length > 0 ? `calls were not answered: ${open.join(', ')}` : undefined;
}

/** The words in a list of blocks. */
export function textsOf(content: unknown): string {
  if (typeof content === 'string') return content;
  return list(content)
    .map(({ text }) => (typeof text === 'string' ? text : ''))
    .join('');
}

function list(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function isName(value: unknown): boolean {
  return typeof value === 'string' && /^[A-Za-z0-9_-]{1,64}$/.test(value);
}
