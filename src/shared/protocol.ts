import * as z from 'zod';
import { AnswerSchema } from './approval.ts';
import { LimitChoiceSchema } from './limitQuestion.ts';
import { TextOfSchema, TextPartSchema } from './longText.ts';
import { ReplySchema } from './question.ts';
import { SparedSchema } from './spared.ts';
import { MOST_TASK } from './typed.ts';
import { MOST_ADDRESS } from './webTarget.ts';
import { EntrySchema, ForkPointSchema, PanelHeadSchema } from './runView.ts';

/** A path as somebody wrote it, in characters. */
const MOST_PATH = 1024;
/** Images that go with a message, and the characters of each in base64. */
export const MOST_IMAGES = 4;
export const MOST_IMAGE = 4_700_000;
/** Files that are reviewed at once. */
const MOST_REVIEWED = 500;
/** Paths that are asked for at once. */
export const MOST_PATHS = 100;
/** Files that are dropped at once, and the characters of the address of each. */
export const MOST_DROPPED = 20;
export const MOST_URI = 8192;
/** Characters that are copied at once. */
const MOST_COPIED = 4_000_000;

/** What the panel may say to the extension. Anything else is dropped. */
export const FromPanelSchema = z.discriminatedUnion('type', [
  /** The page was loaded: it has nothing yet. */
  z.strictObject({ type: z.literal('ready') }),
  /** It has taken the update of this number: it can be told more. */
  z.strictObject({ type: z.literal('taken'), number: z.int() }),
  /**
   * `run`: the one that it must go on with; `fork`: where a new one goes on from; without both, the run under way or else
   * a new one. `sending` comes back where it could not be sent.
   */
  z.strictObject({
    type: z.literal('send'),
    text: z.string().min(1).max(MOST_TASK),
    run: z.string().optional(),
    fork: ForkPointSchema.exactOptional(),
    sending: z.string().max(64).exactOptional(),
    /** Images that go with it, in base64. */
    images: z.array(z.string().max(MOST_IMAGE)).max(MOST_IMAGES).optional(),
  }),
  /** A message that waits is not to be said; with `edit` its text comes back to the task box. */
  z.strictObject({ type: z.literal('withdraw'), message: z.string(), edit: z.boolean() }),
  z.strictObject({ type: z.literal('new-run') }),
  z.strictObject({ type: z.literal('stop') }),
  /** An earlier run is to be looked at, and gone on with if one likes. */
  z.strictObject({ type: z.literal('show-run'), run: z.string() }),
  z.strictObject({ type: z.literal('show-runs') }),
  /** `agreed`: the key of the question that was shown with it. */
  z.strictObject({ type: z.literal('resume'), run: z.string(), agreed: z.string().optional() }),
  /** Whether folders that were left out are there by now. */
  z.strictObject({ type: z.literal('look-at-folders') }),
  /** In which of the open folders the next run works. */
  z.strictObject({ type: z.literal('choose-folders') }),
  z.strictObject({ type: z.literal('dismiss'), run: z.string() }),
  z.strictObject({ type: z.literal('take-over'), run: z.string() }),
  z.strictObject({ type: z.literal('stop-elsewhere'), run: z.string() }),
  z.strictObject({
    type: z.literal('answer'),
    approval: z.string(),
    digest: z.string(),
    answer: AnswerSchema,
  }),
  /** To what the agent wants to know. */
  z.strictObject({ type: z.literal('reply'), question: z.string(), reply: ReplySchema }),
  z.strictObject({ type: z.literal('answer-limit'), question: z.string(), choice: LimitChoiceSchema }),
  z.strictObject({ type: z.literal('always'), approval: z.string(), digest: z.string() }),
  /** What remembering the answer to it would have spared: asked for when that is offered. */
  z.strictObject({ type: z.literal('look-spared'), approval: z.string(), digest: z.string() }),
  /** More of a long text of the transcript, from this character on. */
  z.strictObject({ type: z.literal('read-text'), run: z.string(), of: TextOfSchema, from: z.int().min(0) }),
  z.strictObject({ type: z.literal('revoke-grant'), grant: z.string() }),
  z.strictObject({ type: z.literal('open-diff'), approval: z.string() }),
  /** A policy file; without `at`, that of the user. Another file than one of a policy is not opened. */
  z.strictObject({
    type: z.literal('open-policy'),
    at: z
      .strictObject({ file: z.string().max(MOST_PATH * 4), line: z.int().min(1), column: z.int().min(1) })
      .optional(),
  }),
  z.strictObject({ type: z.literal('set-key') }),
  z.strictObject({ type: z.literal('choose-model') }),
  z.strictObject({ type: z.literal('choose-way') }),
  z.strictObject({ type: z.literal('privacy-off') }),
  z.strictObject({ type: z.literal('check-sandbox') }),
  /** What a run did, as a document. */
  z.strictObject({ type: z.literal('show-report'), run: z.string() }),
  /** What the person keeps of what a run changed, and what goes back. */
  z.strictObject({
    type: z.literal('review-settle'),
    run: z.string(),
    keep: z.array(z.string()).max(MOST_REVIEWED),
    back: z.array(z.string()).max(MOST_REVIEWED),
  }),
  z.strictObject({ type: z.literal('review-action'), run: z.string(), action: z.string() }),
  /** Without a path: of all files. */
  z.strictObject({ type: z.literal('review-diff'), run: z.string(), path: z.string().optional() }),
  z.strictObject({ type: z.literal('review-parts'), run: z.string(), path: z.string() }),
  z.strictObject({ type: z.literal('manage-trust') }),
  z.strictObject({ type: z.literal('open-folder') }),
  z.strictObject({ type: z.literal('open-sample') }),
  /** Something for the task to speak of, from the editor; `at` and `typed` come back with it. */
  z.strictObject({ type: z.literal('pick-reference'), at: z.int().min(0), typed: z.boolean() }),
  /** Files that were dragged onto the task box, by their addresses. */
  z.strictObject({
    type: z.literal('drop-files'),
    uris: z.array(z.string().min(1).max(MOST_URI)).min(1).max(MOST_DROPPED),
  }),
  /** A link in the agent's words: to the web, or to write a mail. */
  z.strictObject({ type: z.literal('open-link'), href: z.string().max(MOST_ADDRESS) }),
  /** A file that the agent's words name, as they spell it. Lines and columns count from 1. */
  z.strictObject({
    type: z.literal('open-file'),
    path: z.string().min(1).max(MOST_PATH),
    line: z.int().min(1).optional(),
    column: z.int().min(1).optional(),
  }),
  /** Which of these paths are files of the workspace. */
  z.strictObject({ type: z.literal('find-files'), paths: z.array(z.string().min(1).max(MOST_PATH)).max(MOST_PATHS) }),
  z.strictObject({ type: z.literal('copy'), text: z.string().max(MOST_COPIED) }),
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
  z.strictObject({ type: z.literal('spared'), approval: z.string(), digest: z.string(), spared: SparedSchema }),
  z.strictObject({ type: z.literal('focus-task') }),
  /** What was picked for the task to speak of. */
  z.strictObject({ type: z.literal('reference'), at: z.int().min(0), typed: z.boolean(), reference: z.string() }),
  z.strictObject({ type: z.literal('focus-question') }),
  z.strictObject({ type: z.literal('set-task'), text: z.string() }),
  /** What was sent under this name was not taken: it goes back to the task box, with all that belongs to it. */
  z.strictObject({ type: z.literal('unsent'), sending: z.string(), text: z.string() }),
  z.strictObject({ type: z.literal('show-action'), action: z.string() }),
  /** Of the paths that were asked for, those that are files of the workspace, and those that are not. */
  z.strictObject({ type: z.literal('files'), there: z.array(z.string()), absent: z.array(z.string()) }),
]);
export type ToPanel = z.infer<typeof ToPanelSchema>;
export type PanelUpdate = Extract<ToPanel, { type: 'update' }>;
