import * as z from 'zod';
import { AnswerSchema } from './approval.ts';
import { PanelStateSchema } from './runView.ts';

/** What the panel may say to the extension. Anything else is dropped. */
export const FromPanelSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('ready') }),
  /** `run`: the one that it must go on with; without it, the run under way or else a new one. */
  z.strictObject({ type: z.literal('send'), text: z.string().min(1).max(100_000), run: z.string().optional() }),
  z.strictObject({ type: z.literal('new-run') }),
  z.strictObject({ type: z.literal('stop') }),
  z.strictObject({ type: z.literal('resume'), run: z.string() }),
  z.strictObject({ type: z.literal('dismiss'), run: z.string() }),
  z.strictObject({
    type: z.literal('answer'),
    approval: z.string(),
    digest: z.string(),
    answer: AnswerSchema,
  }),
  z.strictObject({ type: z.literal('always'), approval: z.string(), digest: z.string() }),
  z.strictObject({ type: z.literal('revoke-grant'), grant: z.string() }),
  z.strictObject({ type: z.literal('open-diff'), approval: z.string() }),
  z.strictObject({ type: z.literal('open-policy') }),
  z.strictObject({ type: z.literal('choose-model') }),
  z.strictObject({ type: z.literal('check-sandbox') }),
]);
export type FromPanel = z.infer<typeof FromPanelSchema>;

/** What the extension says to the panel. */
export const ToPanelSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('state'), state: PanelStateSchema }),
  z.strictObject({ type: z.literal('focus-task') }),
  z.strictObject({ type: z.literal('set-task'), text: z.string() }),
  z.strictObject({ type: z.literal('show-action'), action: z.string() }),
]);
export type ToPanel = z.infer<typeof ToPanelSchema>;
