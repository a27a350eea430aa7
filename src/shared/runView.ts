import * as z from 'zod';
import { ACTION_OUTCOMES } from './actionOutcome.ts';
import { ApprovalSchema } from './approval.ts';
import { FlagsSchema } from './flow.ts';
import { VerdictSchema } from './decision.ts';

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

/** One line of the transcript. */
export const EntrySchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('user'), text: z.string() }),
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
    verdict: VerdictSchema.optional(),
    why: z.string().optional(),
    output: z.string().optional(),
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

/** A run as it stands now, without its transcript. */
export const RunHeadSchema = z.strictObject({
  id: z.string(),
  task: z.string(),
  folder: z.string(),
  state: RunStateSchema,
  /** Why it stands where it stands, when it is not running. */
  reason: z.string(),
  model: z.string(),
  destination: z.string(),
  turn: z.number(),
  maxTurns: z.number(),
  questions: z.number(),
  flags: FlagsSchema,
  grants: z.array(GrantListingSchema),
});

/** A run with its transcript. An entry is replaced when it changes, never altered in place. */
export interface RunView extends z.infer<typeof RunHeadSchema> {
  /** How many entries came before these and are left out: an entry's number stays its own. */
  entriesBefore: number;
  entries: readonly Entry[];
}

/** The state of the panel without the transcript, which goes there by entries (entryNews.ts). */
export const PanelHeadSchema = z.strictObject({
  trusted: z.boolean(),
  folder: z.string().optional(),
  run: RunHeadSchema.optional(),
  approvals: z.array(ApprovalSchema),
  interrupted: z.array(
    z.strictObject({
      run: z.string(),
      task: z.string(),
      reason: z.string(),
      /** What has to be agreed to before it goes on: it would do so in other folders than its own. */
      question: z.strictObject({ key: z.string(), words: z.array(z.string()) }).exactOptional(),
    }),
  ),
  /** Runs of this folder that other windows and terminals are at work on, if any; `words`: where, and what they do. */
  elsewhere: z
    .array(z.strictObject({ run: z.string(), task: z.string(), words: z.string(), canShow: z.boolean() }))
    .optional(),
  /** What a person should know of the folders; `leftOut`: some of them are not worked in, and may be there by now. */
  folders: z.strictObject({ notes: z.array(z.string()), leftOut: z.boolean() }).exactOptional(),
  /** Why nothing could be opened. */
  problem: z.string().exactOptional(),
  model: z.strictObject({
    provider: z.string(),
    label: z.string(),
    destination: z.string(),
    problem: z.string().optional(),
  }),
  sandbox: z.strictObject({
    state: z.enum(['unknown', 'works', 'outside', 'refused']),
    text: z.string(),
    fix: z.string().optional(),
  }),
  policy: z.strictObject({
    state: z.enum(['unknown', 'ok', 'notes', 'invalid']),
    notes: z.array(z.string()),
    asksLess: z.boolean(),
  }),
});
export type PanelHead = z.infer<typeof PanelHeadSchema>;

/** The whole state of the panel. */
export interface PanelState extends Omit<PanelHead, 'run'> {
  run?: RunView | undefined;
}
