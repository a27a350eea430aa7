import * as z from 'zod';
import { FlagSchema, FlagsSchema } from './flow.ts';
import { DecisionSchema } from './decision.ts';

/** What a delete, move or overwrite would lose. Counts stop at a cap; `more` says that they did. */
export const LossSchema = z.strictObject({
  files: z.number(),
  bytes: z.number(),
  more: z.boolean(),
  tracked: z.enum(['tracked', 'partly tracked', 'not tracked', 'unknown']),
  unsaved: z.boolean(),
});
export type Loss = z.infer<typeof LossSchema>;

/** What the card shows: drawn from the described action, never from the model's own words about it. */
export const CardSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('read'), path: z.string(), goesTo: z.string() }),
  z.strictObject({
    kind: z.literal('edit'),
    path: z.string(),
    absolute: z.string(),
    change: z.enum(['create', 'edit', 'overwrite']),
    /** Unified diff, control characters made visible; shortened past a cap, and then says so. */
    diff: z.string(),
    shortened: z.boolean(),
    added: z.number(),
    removed: z.number(),
    unsaved: z.boolean(),
  }),
  z.strictObject({ kind: z.literal('delete'), path: z.string(), loss: LossSchema }),
  z.strictObject({
    kind: z.literal('move'),
    from: z.string(),
    to: z.string(),
    replaces: LossSchema.optional(),
  }),
  z.strictObject({
    kind: z.literal('command'),
    command: z.string(),
    cwd: z.string(),
    sandbox: z.string(),
    /** It runs without any sandbox. */
    outside: z.boolean(),
    environment: z.array(z.string()),
    timeoutSeconds: z.number(),
    limits: z.array(z.string()),
    /** Each program that was found in it, with what is not known about it. */
    programs: z.array(z.strictObject({ words: z.string(), doubt: z.string().optional() })),
    /** What would be lost of what it deletes or overwrites, as far as it says so. */
    losses: z.array(z.strictObject({ path: z.string(), loss: LossSchema })),
    /** What it takes away where nobody knows beforehand of which files; `most`: all that stands there, if that is known. */
    unknownLosses: z
      .array(
        z.strictObject({
          program: z.string(),
          does: z.enum(['deletes', 'overwrites', 'takes away']),
          below: z.string(),
          most: LossSchema.pick({ files: true, bytes: true, more: true }).exactOptional(),
        }),
      )
      .exactOptional(),
    /** Likely secrets that it could read. */
    secrets: z.array(z.string()),
    /** The workspace cannot be changed by it. */
    readOnly: z.boolean(),
    /** Files that say what it does, to which the approval binds. */
    scripts: z.array(z.string()),
    /** Why the approval may not bind all that it uses. */
    unbound: z.string().exactOptional(),
    /** How many more there are than are listed, where some are left out. */
    more: z
      .strictObject({
        programs: z.number(),
        doubts: z.number(),
        losses: z.number(),
        unknownLosses: z.number(),
        secrets: z.number(),
      })
      .partial()
      .exactOptional(),
    /** All that would be lost, where `losses` leaves some out; at least that where its `more` is set. */
    lossTotal: LossSchema.pick({ files: true, bytes: true, more: true }).exactOptional(),
    /** There may be more likely secrets than were looked for. */
    secretsAtLeast: z.literal(true).exactOptional(),
  }),
]);
export type Card = z.infer<typeof CardSchema>;

/** One question to a person. `digest` is the SHA-256 of the canonical action that the answer binds to. */
export const ApprovalSchema = z.strictObject({
  id: z.string(),
  run: z.string(),
  action: z.string(),
  tool: z.string(),
  title: z.string(),
  digest: z.string(),
  card: CardSchema,
  undo: z.string(),
  decision: DecisionSchema,
  /** What an approval could be remembered for, narrowest first; empty where nothing is offered. */
  grantOffers: z.array(z.strictObject({ id: z.string(), words: z.string() })),
  /** The longest a grant may last. */
  grantLimits: z.strictObject({ minutes: z.number(), uses: z.number() }),
  /** The rule that *Always…* would write, in words; absent where none can say exactly this. */
  alwaysOffer: z.string().optional(),
  /** The flags of the run now, and those that this would light. */
  flags: FlagsSchema,
  lights: z.array(FlagSchema),
  /** Set when the same call is asked again because something changed after the first answer. */
  askedAgain: z.string().optional(),
});
export type Approval = z.infer<typeof ApprovalSchema>;

/** How long a grant lasts; never longer than its run. */
export const UntilSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('run') }),
  z.strictObject({ kind: z.literal('minutes'), minutes: z.number().int().min(1).max(1440) }),
  z.strictObject({ kind: z.literal('uses'), uses: z.number().int().min(1).max(1000) }),
]);
export type Until = z.infer<typeof UntilSchema>;

export const AnswerSchema = z.strictObject({
  choice: z.enum(['approve', 'approve-and-grant', 'deny']),
  /** With `approve-and-grant`: which offer, and for how long. */
  grant: z.strictObject({ offer: z.string(), until: UntilSchema }).optional(),
  reason: z.string().max(2000).optional(),
});
export type Answer = z.infer<typeof AnswerSchema>;
