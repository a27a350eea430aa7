import * as z from 'zod';

/** The three flags of a run, none of which goes out again (product: Rule of Two). */
export const FlagSchema = z.enum(['untrusted', 'private', 'outward']);
export type Flag = z.infer<typeof FlagSchema>;

export const FlagsSchema = z.strictObject({ untrusted: z.boolean(), private: z.boolean(), outward: z.boolean() });
export type Flags = z.infer<typeof FlagsSchema>;

/** Each lit flag in a few words. */
export const FLAG_WORDS: Record<Flag, string> = {
  untrusted: 'has read others’ files',
  private: 'may have seen secrets',
  outward: 'can change things for good',
};

/** What is so of the run after an action that lights it. */
export const AFTER_THIS: Record<Flag, string> = {
  untrusted: 'After this, the agent may follow what others wrote.',
  private: 'After this, the agent may know secrets.',
  outward: 'After this, some changes cannot be undone.',
};

export const NO_FLAGS: Flags = { untrusted: false, private: false, outward: false };
