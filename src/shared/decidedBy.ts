import * as z from 'zod';

/**
 * Who or what let an action happen, or did not: a person; answers that were given beforehand; nobody, for nobody was
 * there; an approval that was remembered; a rule of a policy; or what holds where no rule speaks of it.
 */
export const DecidedBySchema = z.enum(['you', 'input', 'nobody', 'remembered', 'rule', 'built-in']);
export type DecidedBy = z.infer<typeof DecidedBySchema>;
