import * as z from 'zod';
import type { AnsweredBy } from './answered.ts';
import { MOST_REASON } from './typed.ts';

/** Something that the agent wants to know of a person: no approval, and nothing is allowed by its answer. */
export const QuestionSchema = z.strictObject({
  id: z.string(),
  run: z.string(),
  text: z.string(),
  /** Answers to choose from; a person may always use words of their own. */
  choices: z.array(z.string()),
});
export type Question = z.infer<typeof QuestionSchema>;

/** What a person said: one of the choices, counted from 0, words, both; or, with neither, that they do not answer. */
export const ReplySchema = z.strictObject({
  choice: z.int().min(0).exactOptional(),
  words: z.string().max(MOST_REASON).exactOptional(),
});
export type Reply = z.infer<typeof ReplySchema>;

/** What was said to a question, and by whom. */
export interface Replied {
  reply: Reply;
  from: AnsweredBy;
}
