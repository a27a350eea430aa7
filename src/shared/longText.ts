import * as z from 'zod';

/** A long text of a run, of which a transcript has a part: what an action put out, or what the model said in a turn. */
export const TextOfSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('output'), action: z.string() }),
  z.strictObject({ kind: z.literal('reply'), turn: z.int().min(0) }),
]);
export type TextOf = z.infer<typeof TextOfSchema>;

/** So much of one as was asked for; `length`: characters of all that is kept of it. */
export const TextPartSchema = z.strictObject({ text: z.string(), length: z.int().min(0) });
export type TextPart = z.infer<typeof TextPartSchema>;
