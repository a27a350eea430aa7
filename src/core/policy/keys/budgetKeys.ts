import * as z from 'zod';
import { TextSchema } from '../values.ts';

// What a run may use of its model beside turns and time. No price is built in.

const PerMillion = z.number().min(0).max(1_000_000);

/** What a model costs, for a million tokens, in whatever money the policy counts in. */
export const PricesSchema = z
  .array(
    z.strictObject({
      model: TextSchema.meta({ description: 'The model’s name; * stands for anything, as in gpt-5*.' }),
      input: PerMillion.meta({ description: 'For a million tokens that it reads.' }),
      output: PerMillion.meta({ description: 'For a million tokens that it writes.' }),
      cached: PerMillion.meta({
        description: 'For a million tokens that its provider had read before; without it they cost what others do.',
      }).optional(),
    }),
  )
  .max(100);
export type Price = z.infer<typeof PricesSchema>[number];
