import * as z from 'zod';
import { BlockSchema } from './block.ts';
import { FlagSchema, FlagsSchema } from './flow.ts';
import { DecisionSchema } from './decision.ts';
import { MOST_REASON } from './typed.ts';

/**
 * What the card shows: drawn from the described action, never from the model's own words about it. `kind` names the card
 * for tests and styles, and nobody decides by it.
 */
const CardSchema = z.strictObject({ kind: z.string(), blocks: z.array(BlockSchema) });
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
  /** Set where files are unsaved in the editor that the action may read or change: they can be saved before. */
  savesFirst: z.literal(true).exactOptional(),
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
  /** `save-first`: nothing is approved yet; what is unsaved in the editor is saved, and it is asked anew. */
  choice: z.enum(['approve', 'approve-and-grant', 'save-first', 'deny']),
  /** With an approval: how many changed lines the person had not seen and approved by their count. */
  unseen: z.number().int().min(1).optional(),
  /** With `approve-and-grant`: which offer, and for how long. */
  grant: z.strictObject({ offer: z.string(), until: UntilSchema }).optional(),
  reason: z.string().max(MOST_REASON).optional(),
});
export type Answer = z.infer<typeof AnswerSchema>;
