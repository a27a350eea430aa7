import * as z from 'zod';
import { BlockSchema, WordsSchema } from './block.ts';
import { FlagSchema, FlagsSchema } from './flow.ts';
import { DecisionSchema } from './decision.ts';
import { MOST_EDITED, MOST_REASON } from './typed.ts';
import { UndoStateSchema } from './undoState.ts';

/**
 * What the card shows: drawn from the described action, never from the model's own words about it. `kind` names the card
 * for tests and styles, and nobody decides by it.
 */
const CardSchema = z.strictObject({ kind: z.string(), blocks: z.array(BlockSchema) });
export type Card = z.infer<typeof CardSchema>;

/** One question to a person, in the order in which it is read. `digest` is the SHA-256 of the canonical action that the answer binds to. */
export const ApprovalSchema = z.strictObject({
  id: z.string(),
  run: z.string(),
  action: z.string(),
  tool: z.string(),
  /** The reply whose call it is: which of so many calls, counted from 1. Those of one reply wait together. */
  reply: z.strictObject({ id: z.string(), place: z.number(), calls: z.number() }).exactOptional(),
  /** What it is: the verb first. */
  title: z.string(),
  digest: z.string(),
  /** What could be lost by it, or come of it at worst; absent where that is nothing. */
  consequence: WordsSchema.exactOptional(),
  /** Whether it can be undone: in a sentence, and for a mark beside it. */
  undo: z.string(),
  undoState: UndoStateSchema,
  /** What the agent said last before the call. Its own words: a claim, and nobody has looked whether it is true. */
  claim: z.string().exactOptional(),
  /** What it is exactly, and details. */
  card: CardSchema,
  /** In which folder, and what holds it there, a few words each: `in ./`, `sandbox, no network`. */
  where: z.array(z.string()),
  /** Why it asks, in one sentence; which rule says so, of which layer, file and line is in `decision`. */
  why: z.string(),
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
  /** What of it a person may change before they approve: what that is, and the text as it stands. */
  edit: z.strictObject({ label: z.string(), text: z.string() }).exactOptional(),
  /** It stands as a person has changed it. */
  edited: z.literal(true).exactOptional(),
  /**
   * What it would change can be shown first, or why not; or the card shows it, and `obstacle` says why that cannot be
   * applied. Absent where there is nothing of the kind.
   */
  effects: z
    .discriminatedUnion('state', [
      z.strictObject({ state: z.literal('offered') }),
      z.strictObject({ state: z.literal('not-here'), why: z.string() }),
      z.strictObject({ state: z.literal('shown'), obstacle: z.string().exactOptional() }),
    ])
    .exactOptional(),
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
  /**
   * `save-first`: nothing is approved yet; what is unsaved in the editor is saved, and it is asked anew. `approve-edited`:
   * approves what `text` makes of it, where that is decided as it was shown; else it is asked anew. `show-effects`: it runs
   * in a copy-on-write view, and it is asked anew with what that would change; `apply`: exactly that is changed.
   */
  choice: z.enum(['approve', 'approve-and-grant', 'approve-edited', 'save-first', 'show-effects', 'apply', 'deny']),
  /** With an approval: how many changed lines the person had not seen and approved by their count. */
  unseen: z.number().int().min(1).optional(),
  /** With `approve-edited`: what stands in the place of the text that was offered. */
  text: z.string().max(MOST_EDITED).optional(),
  /** With `approve-and-grant`: which offer, and for how long. */
  grant: z.strictObject({ offer: z.string(), until: UntilSchema }).optional(),
  reason: z.string().max(MOST_REASON).optional(),
});
export type Answer = z.infer<typeof AnswerSchema>;
