import * as z from 'zod';
import { ModelFailure } from '../../core/models/port.ts';

/** Compatible servers leave things out that OpenAI's types promise, or say null; what they do say is of its kind. */
const ChoiceSchema = z.object({
  index: z.number().nullish(),
  delta: z
    .object({
      content: z.string().nullish(),
      /** Looked at where they are put together (streamedCalls.ts). */
      tool_calls: z.array(z.unknown()).nullish(),
    })
    .nullish(),
  finish_reason: z.string().nullish(),
});
const ChunkSchema = z.object({
  choices: z.array(ChoiceSchema).nullish(),
  /** Counting is no reason to fail. */
  usage: z.object({ prompt_tokens: z.number(), completion_tokens: z.number() }).nullish().catch(undefined),
});

export interface Chunk {
  usage: { input: number; output: number } | undefined;
  text: string;
  pieces: readonly unknown[];
  isLast: boolean;
}

/**
 * A piece of a streamed reply (OpenAI's `chat.completion.chunk`): of the one choice that was asked for, so that pieces
 * of another are not mixed into it. Throws `ModelFailure` where a server sends something else.
 */
export function chunkOf(raw: unknown, origin: string): Chunk {
  const parsed = ChunkSchema.safeParse(raw);
  if (!parsed.success)
    throw new ModelFailure(
      `${origin} does not answer as OpenAI’s chat completions do (${parsed.error.issues[0]?.path.join('.') ?? ''}). Check oversign.model.baseUrl.`,
    );
  const { usage, choices } = parsed.data;
  const choice = choices?.find(({ index }) => (index ?? 0) === 0);
  return {
    usage: usage ? { input: usage.prompt_tokens, output: usage.completion_tokens } : undefined,
    text: choice?.delta?.content ?? '',
    pieces: choice?.delta?.tool_calls ?? [],
    isLast: typeof choice?.finish_reason === 'string',
  };
}
