import * as z from 'zod';
import { AnswerSchema } from './approval.ts';
import { TextOfSchema, TextPartSchema } from './longText.ts';
import { MOST_TASK } from './typed.ts';
import { EntrySchema, PanelHeadSchema } from './runView.ts';

/** What the panel may say to the extension. Anything else is dropped. */
export const FromPanelSchema = z.discriminatedUnion('type', [
  /** The page was loaded: it has nothing yet. */
  z.strictObject({ type: z.literal('ready') }),
  /** It has taken the update of this number: it can be told more. */
  z.strictObject({ type: z.literal('taken'), number: z.int() }),
  /** `run`: the one that it must go on with; without it, the run under way or else a new one. */
  z.strictObject({ type: z.literal('send'), text: z.string().min(1).max(MOST_TASK), run: z.string().optional() }),
  z.strictObject({ type: z.literal('new-run') }),
  z.strictObject({ type: z.literal('stop') }),
  /** `agreed`: the key of the question that was shown with it. */
  z.strictObject({ type: z.literal('resume'), run: z.string(), agreed: z.string().optional() }),
  /** Whether folders that were left out are there by now. */
  z.strictObject({ type: z.literal('look-at-folders') }),
  z.strictObject({ type: z.literal('dismiss'), run: z.string() }),
  z.strictObject({ type: z.literal('take-over'), run: z.string() }),
  z.strictObject({ type: z.literal('stop-elsewhere'), run: z.string() }),
  z.strictObject({
    type: z.literal('answer'),
    approval: z.string(),
    digest: z.string(),
    answer: AnswerSchema,
  }),
  z.strictObject({ type: z.literal('always'), approval: z.string(), digest: z.string() }),
  /** More of a long text of the transcript, from this character on. */
  z.strictObject({ type: z.literal('read-text'), run: z.string(), of: TextOfSchema, from: z.int().min(0) }),
  z.strictObject({ type: z.literal('revoke-grant'), grant: z.string() }),
  z.strictObject({ type: z.literal('open-diff'), approval: z.string() }),
  z.strictObject({ type: z.literal('open-policy') }),
  z.strictObject({ type: z.literal('choose-model') }),
  z.strictObject({ type: z.literal('check-sandbox') }),
]);
export type FromPanel = z.infer<typeof FromPanelSchema>;
/** What the panel says beside having taken an update. */
export type PanelWish = Exclude<FromPanel, { type: 'taken' }>;

const EntryChangeSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('whole'), number: z.int().min(0), entry: EntrySchema }),
  /** The agent's words went on: `more` follows the first `from` characters. */
  z.strictObject({
    kind: z.literal('grown'),
    number: z.int().min(0),
    from: z.int().min(0),
    more: z.string(),
    streaming: z.boolean(),
  }),
]);
export type EntryChange = z.infer<typeof EntryChangeSchema>;

/** What changed of a transcript. Who holds what is told by entryNews.ts. */
const EntryNewsSchema = z.strictObject({
  run: z.string(),
  /** The transcript has the entries from `before` up to `end`, which is the number after the last; others go. */
  before: z.int().min(0),
  end: z.int().min(0),
  changes: z.array(EntryChangeSchema),
});
export type EntryNews = z.infer<typeof EntryNewsSchema>;

/** What the extension says to the panel. */
export const ToPanelSchema = z.discriminatedUnion('type', [
  /**
   * What changed since the update before, which was taken: the state without the transcript, entries of the transcript,
   * or both. With `begins` nothing of before counts.
   */
  z.strictObject({
    type: z.literal('update'),
    number: z.int(),
    begins: z.boolean(),
    head: PanelHeadSchema.optional(),
    entries: EntryNewsSchema.optional(),
  }),
  /** What was asked for of a long text; without `part`, nothing of it is kept from there on. */
  z.strictObject({
    type: z.literal('text'),
    run: z.string(),
    of: TextOfSchema,
    from: z.int().min(0),
    part: TextPartSchema.optional(),
  }),
  z.strictObject({ type: z.literal('focus-task') }),
  z.strictObject({ type: z.literal('set-task'), text: z.string() }),
  z.strictObject({ type: z.literal('show-action'), action: z.string() }),
]);
export type ToPanel = z.infer<typeof ToPanelSchema>;
export type PanelUpdate = Extract<ToPanel, { type: 'update' }>;
