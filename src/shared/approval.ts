import * as z from 'zod';
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
    environment: z.array(z.string()),
    timeoutSeconds: z.number(),
    limits: z.array(z.string()),
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
  /** What *Approve for this run* would cover, in words; absent where it is not offered. */
  grantOffer: z.string().optional(),
  /** Set when the same call is asked again because something changed after the first answer. */
  askedAgain: z.string().optional(),
});
export type Approval = z.infer<typeof ApprovalSchema>;

export const AnswerSchema = z.strictObject({
  choice: z.enum(['approve', 'approve-for-run', 'deny']),
  reason: z.string().max(2000).optional(),
});
export type Answer = z.infer<typeof AnswerSchema>;
