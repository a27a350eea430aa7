import * as z from 'zod';
import { ModelFailure, type SaidEnd, type ToolCall, type Usage } from '../../core/models/port.ts';
import type { Block } from './anthropicKept.ts';
import { endBy } from './endWords.ts';
import { mixedUp } from './mixedUp.ts';
import { ObjectEnd } from './objectEnd.ts';

const MOST_BLOCKS = 256;
const MOST_CHARACTERS = 10_000_000;
/** Of one part. */
const MOST_CITATIONS = 10_000;

/** Counting is no reason to fail. */
const Count = z.number().int().min(0).nullish().catch(undefined);
const UsageSchema = z
  .object({
    input_tokens: Count,
    output_tokens: Count,
    cache_read_input_tokens: Count,
    cache_creation_input_tokens: Count,
  })
  .nullish()
  .catch(undefined);
const BlockSchema = z.looseObject({ type: z.string() });
const Index = z.number().int().min(0);
const Text = z.string().optional();

/** What is read of each event: https://platform.claude.com/docs/en/build-with-claude/streaming. */
const EVENTS = {
  message_start: z.object({ message: z.object({ usage: UsageSchema }) }),
  content_block_start: z.object({ index: Index, content_block: BlockSchema }),
  content_block_delta: z.object({
    index: Index,
    delta: z.looseObject({ type: z.string(), text: Text, partial_json: Text, thinking: Text, signature: Text }),
  }),
  content_block_stop: z.object({ index: Index }),
  message_delta: z.object({ delta: z.object({ stop_reason: z.string().nullish() }), usage: UsageSchema }),
  message_stop: z.object({}),
  /** All of it at once, from a server that does not stream. */
  message: z.object({ content: z.array(BlockSchema), stop_reason: z.string().nullish(), usage: UsageSchema }),
} as const;

interface OpenBlock {
  block: Block;
  /** Arguments of a call, as text. */
  json: string;
  end: ObjectEnd;
  isStopped: boolean;
}

/** What an event adds to the words of the reply. */
export interface Told {
  text: string;
  isLast: boolean;
}

const NOTHING: Told = { text: '', isLast: false };

/**
 * One reply of Anthropic's Messages API, put together from its events. A piece goes to the block that its index says, and
 * is of that block's kind; what could belong to two calls, or to none, makes the whole reply a failure.
 */
export class AnthropicReply {
  readonly #blocks: OpenBlock[] = [];
  readonly #at = new Map<number, OpenBlock>();
  readonly #who: string;
  #usage:
    | Record<'input_tokens' | 'output_tokens' | 'cache_read_input_tokens' | 'cache_creation_input_tokens', number>
    | undefined;
  #characters = 0;
  #stop: string | undefined;

  constructor(who: string) {
    this.#who = who;
  }

  /** Takes the next event as it came; those that are not known mean nothing. */
  take(raw: unknown): Told {
    const { type } = z.object({ type: z.string() }).safeParse(raw).data ?? {};
    if (type === undefined) throw this.#strange('');
    if (!Object.hasOwn(EVENTS, type)) return NOTHING;
    switch (type as keyof typeof EVENTS) {
      case 'message_start':
        this.#count(this.#read('message_start', raw).message.usage);
        return NOTHING;
      case 'content_block_start': {
        const { index, content_block } = this.#read('content_block_start', raw);
        return this.#begin(index, content_block);
      }
      case 'content_block_delta': {
        const { index, delta } = this.#read('content_block_delta', raw);
        return this.#goOn(index, delta);
      }
      case 'content_block_stop': {
        const block = this.#at.get(this.#read('content_block_stop', raw).index);
        if (block) block.isStopped = true;
        return NOTHING;
      }
      case 'message_delta': {
        const { delta, usage } = this.#read('message_delta', raw);
        this.#count(usage);
        this.#stop = delta.stop_reason ?? this.#stop;
        return NOTHING;
      }
      case 'message_stop':
        return { text: '', isLast: true };
      case 'message':
        return this.#whole(raw);
    }
  }

  /** Why it ended, in the server's own word; undefined where it has not. */
  get stop(): string | undefined {
    return this.#stop;
  }

  get end(): SaidEnd | undefined {
    return this.#stop === undefined ? undefined : endBy(this.#stop);
  }

  /** The blocks as they came, with each call's arguments as they are known by now. */
  get blocks(): Block[] {
    return this.#blocks.map(({ block, json }) =>
      block.type === 'tool_use' && json !== '' ? { ...block, input: parsedOr(json) } : block,
    );
  }

  /** Tokens: those that were read from a cache, or written to one, are not in what the server calls its input. */
  get usage(): Usage | undefined {
    if (!this.#usage) return undefined;
    const { input_tokens, output_tokens, cache_read_input_tokens, cache_creation_input_tokens } = this.#usage;
    return {
      input: input_tokens + cache_read_input_tokens + cache_creation_input_tokens,
      output: output_tokens,
      cached: cache_read_input_tokens,
    };
  }

  /** Its calls, each with an id of its own; `prefix` is for ids that are missing or came twice. */
  calls(prefix: string): ToolCall[] {
    const taken = new Set<string>();
    return this.#blocks
      .filter(({ block }) => block.type === 'tool_use')
      .map(({ block, json }, number) => {
        const { id, name, input } = block;
        if (typeof name !== 'string' || name === '') throw mixedUp('a call without a name');
        const own = typeof id !== 'string' || id === '' || taken.has(id) ? `${prefix}_${number}` : id;
        taken.add(own);
        return { id: own, name, arguments: json === '' ? textOf(input) : json };
      });
  }

  #read<T extends keyof typeof EVENTS>(type: T, raw: unknown): z.infer<(typeof EVENTS)[T]> {
    const read = EVENTS[type].safeParse(raw);
    if (!read.success) throw this.#strange(` (${[type, ...(read.error.issues[0]?.path ?? [])].join('.')})`);
    return read.data as z.infer<(typeof EVENTS)[T]>;
  }

  #strange(where: string): ModelFailure {
    return new ModelFailure(
      `${this.#who} does not answer as Anthropic’s Messages API does${where}. Check oversign.model.baseUrl.`,
    );
  }

  #begin(index: number, block: Block): Told {
    if (/^(server|mcp)_tool_use$|_tool_result$/.test(block.type))
      throw new ModelFailure(
        `The reply used a tool of the server’s own (${block.type}), which Oversign never offers: what it did went through no policy. None of its calls was carried out.`,
      );
    const before = this.#at.get(index);
    // Which of the two the next piece belongs to could not be told.
    if (before?.block.type === 'tool_use' && !before.isStopped && !before.end.isReached)
      throw mixedUp('a call that began in the middle of another');
    const open: OpenBlock = { block: { ...block }, json: '', end: new ObjectEnd(), isStopped: false };
    this.#at.set(index, open);
    this.#blocks.push(open);
    if (this.#blocks.length > MOST_BLOCKS)
      throw new ModelFailure('The model did not stop: its reply has too many parts.');
    return { text: block.type === 'text' && typeof block['text'] === 'string' ? block['text'] : '', isLast: false };
  }

  #goOn(index: number, delta: z.infer<(typeof EVENTS)['content_block_delta']>['delta']): Told {
    if (delta.type === 'text_delta' && !this.#at.has(index)) this.#begin(index, { type: 'text', text: '' });
    const open = this.#at.get(index);
    if (!open || open.isStopped) throw mixedUp('a piece that belongs to no part of the reply');
    const { block } = open;
    const { text = '', partial_json = '', thinking = '', signature } = delta;
    const cited = delta.type === 'citations_delta' ? textOf(delta['citation']).length : 0;
    this.#characters += text.length + partial_json.length + thinking.length + (signature?.length ?? 0) + cited;
    if (this.#characters > MOST_CHARACTERS)
      throw new ModelFailure('The model did not stop: its reply went over all measure.');
    switch (delta.type) {
      case 'text_delta':
        grow(block, 'text', 'text', text);
        return { text, isLast: false };
      case 'input_json_delta':
        if (block.type !== 'tool_use') throw mixedUp('arguments that belong to no call');
        if (open.end.isReached && partial_json.trim() !== '') throw mixedUp('arguments behind whole ones');
        open.json += partial_json;
        open.end.push(partial_json);
        return NOTHING;
      case 'thinking_delta':
        grow(block, 'thinking', 'thinking', thinking);
        return NOTHING;
      case 'signature_delta':
        block['signature'] = signature;
        return NOTHING;
      case 'citations_delta':
        cite(block, delta['citation']);
        return NOTHING;
      default:
        return NOTHING;
    }
  }

  #whole(raw: unknown): Told {
    const { content, stop_reason, usage } = this.#read('message', raw);
    const texts = content.map((block, index) => this.#begin(index, block).text);
    this.#count(usage);
    this.#stop = stop_reason ?? undefined;
    return { text: texts.join(''), isLast: true };
  }

  #count(usage: z.infer<typeof UsageSchema>): void {
    if (!usage || Object.values(usage).every((count) => count == null)) return;
    const before = this.#usage ?? {
      ...{ input_tokens: 0, output_tokens: 0, cache_read_input_tokens: 0, cache_creation_input_tokens: 0 },
    };
    // What is said later counts, of each number that is one.
    this.#usage = {
      input_tokens: usage.input_tokens ?? before.input_tokens,
      output_tokens: usage.output_tokens ?? before.output_tokens,
      cache_read_input_tokens: usage.cache_read_input_tokens ?? before.cache_read_input_tokens,
      cache_creation_input_tokens: usage.cache_creation_input_tokens ?? before.cache_creation_input_tokens,
    };
  }
}

/** The block's own list grows: a copy for each of them would take time without measure. */
function cite(block: Block, citation: unknown): void {
  if (!Array.isArray(block['citations'])) block['citations'] = [];
  const citations = block['citations'] as unknown[];
  if (citations.length >= MOST_CITATIONS)
    throw new ModelFailure('The model did not stop: a part of its reply has too many citations.');
  citations.push(citation);
}

function grow(block: Block, type: string, field: string, more: string): void {
  if (block.type !== type) throw mixedUp('a piece of another kind than its part of the reply');
  block[field] = (typeof block[field] === 'string' ? block[field] : '') + more;
}

function parsedOr(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return {};
  }
}

function textOf(input: unknown): string {
  try {
    return JSON.stringify(input ?? {});
  } catch {
    return 'nested too deeply';
  }
}
