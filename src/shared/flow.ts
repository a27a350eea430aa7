import * as z from 'zod';

/** The three flags of a run, none of which goes out again (product: Rule of Two). */
export const FlagSchema = z.enum(['untrusted', 'private', 'outward']);
export type Flag = z.infer<typeof FlagSchema>;

export const FlagsSchema = z.strictObject({ untrusted: z.boolean(), private: z.boolean(), outward: z.boolean() });
export type Flags = z.infer<typeof FlagsSchema>;

export const NO_FLAGS: Flags = { untrusted: false, private: false, outward: false };
