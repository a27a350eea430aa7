import * as z from 'zod';
import { ModelFailure, type SaidEnd, type Usage } from '../../core/models/port.ts';
import { endBy } from './endWords.ts';

/** Compatible servers leave things out that OpenAI's types promise, or say null; what they do say is of its kind. */
const ContentSchema = z
  .union([z.string(), z.array(z.object({ type: z.string(), text: z.string().optional().catch(undefined) }))])
  .nullish();
const MessageSchema = z
  .looseObject({
    content: ContentSchema,
    refusal: z.string().nullish().catch(undefined),
    /** Looked at where they are put together (streamedCalls.ts). */
    tool_calls: z.array(z.unknown()).nullish(),
  })
  .nullish();
const ChoiceSchema = z.object({
  index: z.number().nullish(),
  delta: MessageSchema,
  /** Instead of pieces, from a server that does not stream. */
  message: MessageSchema,
  finish_reason: z.string().nullish(),
});
const Count = z.number().int().min(0);
const ChunkSchema = z.object({
  choices: z.array(ChoiceSchema).nullish(),
  /** Counting is no reason to fail. */
  usage: z
    .object({
      prompt_tokens: Count,
      completion_tokens: Count,
      prompt_tokens_details: z.object({ cached_tokens: Count.nullish() }).nullish().catch(undefined),
    })
    .nullish()
    .catch(undefined),
});

export interface Chunk {
  usage: Usage | undefined;
  text: string;
  /** Words in which the model refuses; they are told as its text. */
  refusal: string;
  pieces: readonly unknown[];
  /** All that the piece of the message says, with the fields that only its provider reads. */
  fields: Record<string, unknown>;
  end: SaidEnd | undefined;
}

/**
 * A piece of a streamed reply (OpenAI's `chat.completion.chunk`): of the one choice that was asked for, so that pieces
 * of another are not mixed into it. Throws `ModelFailure` where a server sends something else.
 */
export function chunkOf(raw: unknown, origin: string): Chunk {
  const read = ChunkSchema.safeParse(raw);
  if (!read.success)
    throw new ModelFailure(
      `${origin} does not answer as OpenAI’s chat completions do${at(read.error)}. Check oversign.model.baseUrl.`,
    );
  const { usage, choices } = read.data;
  const choice = choices?.find(({ index }) => (index ?? 0) === 0);
  const message = choice?.delta ?? choice?.message;
  return {
    usage: usage
      ? {
          input: usage.prompt_tokens,
          output: usage.completion_tokens,
          cached: usage.prompt_tokens_details?.cached_tokens ?? undefined,
        }
      : undefined,
    text: textOf(message?.content),
    refusal: message?.refusal ?? '',
    pieces: message?.tool_calls ?? [],
    fields: message ?? {},
    // Some servers say an empty one with each piece.
    end: choice?.finish_reason ? endBy(choice.finish_reason) : undefined,
  };
}

function at({ issues: [issue] }: z.ZodError): string {
  const path = issue?.path.join('.') ?? '';
  return path === '' ? '' : ` (${path})`;
}

/** Some servers (Mistral’s) send words in parts, their thoughts among them. */
function textOf(content: z.infer<typeof ContentSchema>): string {
  if (typeof content === 'string') return content;
  return (content ?? []).map(({ type, text }) => (type === 'text' ? (text ?? '') : '')).join('');
}
