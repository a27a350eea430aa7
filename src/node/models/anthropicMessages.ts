import type {
  ContentBlockParam,
  MessageCreateParamsStreaming,
  TextBlockParam,
} from '@anthropic-ai/sdk/resources/messages';
import type { Message, ModelRequest, ToolCall } from '../../core/models/port.ts';
import type { Image } from '../../core/models/images.ts';
import { sendable } from '../../core/models/sendable.ts';
import { isJsonObject } from '../../shared/json.ts';
import { blocksOf, isCallPlace } from './anthropicKept.ts';
import { fieldsFor } from './keptFields.ts';
import { parsed } from './failures.ts';

type Reply = Extract<Message, { role: 'assistant' }>;

/** A place up to which the server keeps what it has read. It takes four of them. */
const CACHED = { type: 'ephemeral' } as const;
const NOTHING_SAID = '(nothing was said)';

export interface Asked {
  model: string;
  maxTokens: number;
  /** Whose kept blocks go back. */
  from: string;
  /** Of the reply that is going on: the server paused in the middle of it. */
  begun: readonly unknown[];
}

/** A request of Anthropic's Messages API: tools and system prompt are cached, and the conversation up to its last two messages. */
export function requestOf(
  { messages, tools, wordsOnly }: ModelRequest,
  { model, maxTokens, from, begun }: Asked,
): MessageCreateParamsStreaming {
  const sent = sendable(messages);
  const system = sent.flatMap((message) => (message.role === 'system' ? textBlocks(message.text) : []));
  const turns = turnsOf(sent, from);
  cacheUpTo(turns);
  return {
    model,
    max_tokens: maxTokens,
    stream: true,
    ...(system.length > 0 && { system: cachedLast(system) }),
    messages:
      begun.length === 0 ? turns : [...turns, { role: 'assistant', content: begun as unknown as ContentBlockParam[] }],
    ...(tools.length > 0 && {
      tools: cachedLast(
        tools.map(({ name, description, parameters }) => ({
          name,
          description,
          input_schema: { ...parameters, type: 'object' as const },
        })),
      ),
      ...(wordsOnly && { tool_choice: { type: 'none' as const } }),
    }),
  };
}

interface Turn {
  role: 'user' | 'assistant';
  content: ContentBlockParam[];
}

/** Messages whose roles take turns: results of calls, and what the person says behind them, are one message. */
function turnsOf(messages: readonly Message[], from: string): Turn[] {
  const turns: Turn[] = [];
  for (const message of messages) {
    if (message.role === 'system') continue;
    const role = message.role === 'assistant' ? 'assistant' : 'user';
    const content = contentOf(message, from);
    const last = turns.at(-1);
    if (last?.role === role) last.content.push(...content);
    else turns.push({ role, content });
  }
  return turns;
}

function contentOf(message: Message, from: string): ContentBlockParam[] {
  switch (message.role) {
    case 'system': // is no turn
      return [];
    case 'user':
      return [
        ...textBlocks(message.text.trim() === '' ? NOTHING_SAID : message.text),
        ...(message.images ?? []).map(imageBlock),
      ];
    case 'assistant':
      return repliedBlocks(message, from);
    case 'tool':
      return [
        {
          type: 'tool_result',
          tool_use_id: message.call,
          content: [
            ...textBlocks(message.text.trim() === '' ? '(no output)' : message.text),
            ...(message.images ?? []).map(imageBlock),
          ],
          ...(message.ended !== undefined && message.ended !== 'done' && { is_error: true }),
        },
      ];
  }
}

function imageBlock({ mediaType, base64 }: Image) {
  return { type: 'image' as const, source: { type: 'base64' as const, media_type: mediaType, data: base64 } };
}

/** A reply as it came, with the thoughts that its server wants back where they stood; else its words and its calls. */
function repliedBlocks(message: Reply, from: string): ContentBlockParam[] {
  const kept = blocksOf(fieldsFor(from, message.kept));
  const calls = message.calls.map(callBlock);
  const words = kept.map(({ type, text }) => (type === 'text' && typeof text === 'string' ? text : '')).join('');
  const isSame = words === message.text && kept.filter(isCallPlace).length === calls.length;
  if (!isSame) {
    // Words or calls were masked or left out since: then thoughts go first, as they always may.
    const thoughts = kept.filter((block) => block.type !== 'text' && !isCallPlace(block));
    return [...(thoughts as unknown as ContentBlockParam[]), ...textBlocks(message.text), ...calls];
  }
  let next = 0;
  return kept.map((block) =>
    isCallPlace(block) ? (calls[next++] as ContentBlockParam) : (block as unknown as ContentBlockParam),
  );
}

function callBlock({ id, name, arguments: text }: ToolCall): ContentBlockParam {
  const input = parsed(text);
  return { type: 'tool_use', id, name, input: isJsonObject(input) ? input : {} };
}

/** Blocks without a word are refused. */
function textBlocks(text: string): TextBlockParam[] {
  return text.trim() === '' ? [] : [{ type: 'text', text }];
}

function cachedLast<T extends object>(items: T[]): (T & { cache_control?: typeof CACHED })[] {
  return items.map((item, index) => (index === items.length - 1 ? { ...item, cache_control: CACHED } : item));
}

/** The last two messages of the person’s side: the next request finds the one, and stores up to the other. */
function cacheUpTo(turns: Turn[]): void {
  for (const turn of turns.filter(({ role }) => role === 'user').slice(-2)) turn.content = cachedLast(turn.content);
}
