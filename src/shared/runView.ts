import * as z from 'zod';
import { ACTION_OUTCOMES } from './actionOutcome.ts';
import { ApprovalSchema } from './approval.ts';
import { DecidedBySchema } from './decidedBy.ts';
import { FlagsSchema } from './flow.ts';
import { PlanSchema } from './plan.ts';
import { QuestionSchema } from './question.ts';
import { VerdictSchema } from './decision.ts';
import { LimitQuestionSchema } from './limitQuestion.ts';
import { ReviewSchema } from './review.ts';
import { OpenWaySchema, WaySchema } from './way.ts';

export const RunStateSchema = z.enum([
  'running',
  'waiting',
  'stopping',
  'finished',
  'stopped',
  'limit',
  'failed',
  'interrupted',
]);
export type RunState = z.infer<typeof RunStateSchema>;

/** Under way, or ended. */
export const ActionStatusSchema = z.enum(['deciding', 'waiting', 'running', ...ACTION_OUTCOMES]);
export type ActionStatus = z.infer<typeof ActionStatusSchema>;

/** Where a new run begins with the conversation of another one: before that message of a person, counted from 1. */
export const ForkPointSchema = z.strictObject({ run: z.string(), message: z.int().min(1) });
export type MessagePoint = z.infer<typeof ForkPointSchema>;

/** Files that a program made or changed; `picture`: what is in one of them, as a data URL (RFC 2397). `left`: not listed. */
const MadeSchema = z.strictObject({
  files: z.array(
    z.strictObject({
      name: z.string(),
      bytes: z.number(),
      picture: z
        .string()
        .regex(/^data:image\/(png|jpeg);base64,[A-Za-z0-9+/=]*$/)
        .exactOptional(),
    }),
  ),
  left: z.number(),
});
export type Made = z.infer<typeof MadeSchema>;

/** One line of the transcript. */
export const EntrySchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('user'),
    text: z.string(),
    /** Which of the person's messages to which run it is, counted from 1: a new run can go on from before it. */
    point: ForkPointSchema.exactOptional(),
  }),
  z.strictObject({
    kind: z.literal('assistant'),
    text: z.string(),
    streaming: z.boolean(),
    /** Where `text` is its beginning alone: the turn that it is of, and all its characters. */
    whole: z.strictObject({ turn: z.number(), length: z.number() }).optional(),
  }),
  z.strictObject({
    kind: z.literal('action'),
    id: z.string(),
    tool: z.string(),
    title: z.string(),
    /** What it ran, where the title has not all of it. */
    ran: z.string().optional(),
    status: ActionStatusSchema,
    /** It looks and changes nothing. `places`: the paths it looks at. */
    looks: z.strictObject({ effect: z.enum(['read', 'list', 'search']), places: z.array(z.string()) }).optional(),
    /** It went on, or goes on, while other calls were made. */
    goesOn: z.literal(true).optional(),
    /** A person has changed what the agent had asked for. */
    edited: z.literal(true).exactOptional(),
    verdict: VerdictSchema.optional(),
    why: z.string().optional(),
    /** For `outcomeWords` (outcomeWords.ts): who decided, what a person said with it, and how it ended. */
    decidedBy: DecidedBySchema.optional(),
    said: z.string().optional(),
    exit: z.number().optional(),
    durationMs: z.number().optional(),
    output: z.string().optional(),
    made: MadeSchema.exactOptional(),
    /** Characters of all of it, where `output` is its beginning and end. */
    outputLength: z.number().optional(),
  }),
  z.strictObject({
    kind: z.literal('notice'),
    level: z.enum(['info', 'warning', 'error']),
    text: z.string(),
  }),
]);
export type Entry = z.infer<typeof EntrySchema>;

/** A remembered approval, as it is listed. `uses` counts the calls that it has covered. */
export const GrantListingSchema = z.strictObject({ id: z.string(), words: z.string(), uses: z.number() });
export type GrantListing = z.infer<typeof GrantListingSchema>;

/** What a run has used of its model so far; `context`: how much of what it takes the last request had, in tokens. */
const UsageViewSchema = z.strictObject({
  tokens: z.number(),
  /** By the policy's prices; absent where it has none for this model. */
  cost: z.number().exactOptional(),
  context: z.strictObject({ tokens: z.number(), limit: z.number() }),
});
export type UsageView = z.infer<typeof UsageViewSchema>;

/** What a person said while the run works, as long as the model has not been told it. */
const QueuedMessageSchema = z.strictObject({ id: z.string(), text: z.string() });
export type QueuedMessage = z.infer<typeof QueuedMessageSchema>;

/** A run as it stands now, without its transcript. */
export const RunHeadSchema = z.strictObject({
  id: z.string(),
  task: z.string(),
  folder: z.string(),
  state: RunStateSchema,
  /** Why it stands where it stands, when it is not running. */
  reason: z.string(),
  model: z.string(),
  way: WaySchema,
  destination: z.string(),
  turn: z.number(),
  maxTurns: z.number(),
  questions: z.number(),
  usage: UsageViewSchema.exactOptional(),
  /** Actions that were not done because nobody was there to approve them; absent where there are none. */
  unanswered: z.number().exactOptional(),
  flags: FlagsSchema,
  grants: z.array(GrantListingSchema),
  /** The steps that the agent told last, if it told any. */
  plan: PlanSchema.exactOptional(),
  /** What waits to be said at the next turn, if anything. */
  queued: z.array(QueuedMessageSchema).exactOptional(),
});

/** A run with its transcript. An entry is replaced when it changes, never altered in place. */
export interface RunView extends z.infer<typeof RunHeadSchema> {
  /** How many entries came before these and are left out: an entry's number stays its own. */
  entriesBefore: number;
  entries: readonly Entry[];
}

/** What a person should know of a policy, and where it stands; lines and columns count from 1. */
const PolicyNoteSchema = z.strictObject({ file: z.string(), line: z.number(), column: z.number(), words: z.string() });
export type PolicyNote = z.infer<typeof PolicyNoteSchema>;

/** The state of the panel without the transcript, which goes there by entries (entryNews.ts). */
export const PanelHeadSchema = z.strictObject({
  trusted: z.boolean(),
  /** The window has the focus: whoever clicks into the panel was looking at it before. */
  attended: z.boolean(),
  /** Enter sends what is in the task box, and Shift+Enter breaks the line; else Enter breaks it and Ctrl+Enter sends. */
  enterSends: z.boolean(),
  folder: z.string().optional(),
  run: RunHeadSchema.optional(),
  approvals: z.array(ApprovalSchema),
  /** What the agent wants to know, if anything. */
  questions: z.array(QuestionSchema).exactOptional(),
  /** The run is at a limit, and waits to be told whether it goes on. */
  limit: LimitQuestionSchema.exactOptional(),
  interrupted: z.array(
    z.strictObject({
      run: z.string(),
      task: z.string(),
      reason: z.string(),
      /** What has to be agreed to before it goes on: it would do so in other folders than its own. */
      question: z.strictObject({ key: z.string(), words: z.array(z.string()) }).exactOptional(),
    }),
  ),
  /** Earlier runs of this folder, pinned ones first, the newest before others; `told`: how each ended, and what it took. */
  earlier: z
    .array(
      z.strictObject({
        run: z.string(),
        title: z.string(),
        state: RunStateSchema,
        told: z.string(),
        pinned: z.boolean(),
      }),
    )
    .exactOptional(),
  /** Runs of this folder that other windows and terminals are at work on, if any; `words`: where, and what they do. */
  elsewhere: z
    .array(z.strictObject({ run: z.string(), task: z.string(), words: z.string(), canShow: z.boolean() }))
    .optional(),
  /** What a person should know of the folders; `leftOut`: some of them are not worked in, and may be there by now. */
  folders: z.strictObject({ notes: z.array(z.string()), leftOut: z.boolean() }).exactOptional(),
  /**
   * The folders that a run works in, the one it begins in first; `path`: where each really stands, `bounds`: its own
   * policy binds. `others`: open folders that are not among them.
   */
  workplace: z
    .strictObject({
      folders: z.array(z.strictObject({ label: z.string(), path: z.string(), bounds: z.boolean() })),
      others: z.array(z.string()),
    })
    .exactOptional(),
  /** Why nothing could be opened. */
  problem: z.string().exactOptional(),
  model: z.strictObject({
    provider: z.string(),
    label: z.string(),
    destination: z.string(),
    problem: z.string().optional(),
    /** Whether it is known to take images. */
    takesImages: z.boolean().exactOptional(),
  }),
  sandbox: z.strictObject({
    state: z.enum(['unknown', 'works', 'outside', 'refused']),
    text: z.string(),
    /** How many of the self-test's attempts to get out held. */
    probes: z.strictObject({ held: z.number(), all: z.number() }).exactOptional(),
    fix: z.string().optional(),
  }),
  policy: z.strictObject({
    state: z.enum(['unknown', 'ok', 'notes', 'invalid']),
    notes: z.array(PolicyNoteSchema),
  }),
  /** Maximum privacy, where it is on: who says so, and whether that is the person's own policy. */
  privacy: z.strictObject({ by: z.string(), isOwn: z.boolean() }).exactOptional(),
  /** What the run changed, to be kept or put back; absent where that is nothing, or it is still at work. */
  review: ReviewSchema.exactOptional(),
  /** In which way the run works, or the next one would; and which ways the policy leaves open. */
  way: z.strictObject({ now: WaySchema, open: z.array(OpenWaySchema) }),
});
export type PanelHead = z.infer<typeof PanelHeadSchema>;

/** The whole state of the panel. */
export interface PanelState extends Omit<PanelHead, 'run'> {
  run?: RunView | undefined;
}
