import * as z from 'zod';
import { AmountSchema, DestinationSchema, PLACES } from './exposure.ts';

const Count = z.number().int().min(0);

/** What has left of several runs, by destination. */
export const TogetherSchema = z.strictObject({
  runs: Count,
  /** There are older runs, which are not in this. */
  hasOlder: z.boolean(),
  destinations: z.array(
    z.strictObject({
      destination: z.string(),
      place: z.enum(PLACES),
      purposes: z.array(z.string()),
      sendings: Count,
      sent: AmountSchema,
      /** Files whose content was in it, or may have been (`?`), as in `contentOf`. */
      files: z.array(z.string()),
      /** Of some of it nobody knows what it held, or there were more files than are listed. */
      hasUnknown: z.boolean(),
      ofRuns: z.array(z.strictObject({ run: z.string(), task: z.string().nullable(), sent: AmountSchema })),
      moreRuns: Count,
    }),
  ),
  moreDestinations: Count,
  /** What left for no run, of the whole account: exports of the audit log, and asking which models there are. */
  besides: z.array(DestinationSchema),
  refused: Count,
  outside: Count,
  texts: z.strictObject({ recorded: Count, erased: Count }),
});
export type Together = z.infer<typeof TogetherSchema>;
