import * as z from 'zod';

/** What a run can come to the end of. */
export const LIMITS = ['turns', 'time', 'tokens', 'money', 'repetition'] as const;
export type LimitKind = (typeof LIMITS)[number];

/** A run has come to a limit: whether it goes on. No action is approved by the answer. */
export const LimitQuestionSchema = z.strictObject({
  id: z.string(),
  run: z.string(),
  limit: z.enum(LIMITS),
  /** Which limit, and what was used. */
  words: z.string(),
  /** What it may use then before it is asked again. */
  more: z.string(),
});
export type LimitQuestion = z.infer<typeof LimitQuestionSchema>;

export const LimitChoiceSchema = z.enum(['go-on', 'stop']);
export type LimitChoice = z.infer<typeof LimitChoiceSchema>;
