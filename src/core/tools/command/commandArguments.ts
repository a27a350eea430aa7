import * as z from 'zod';

const MAX_COMMAND = 20_000;

/** What a model says of a command. */
export const commandParameters = z.strictObject({
  command: z.string().min(1).max(MAX_COMMAND).describe('A bash command line'),
  folder: z.string().default('.').describe('Where to run it, relative to the workspace folder'),
  timeout: z
    .number()
    .int()
    .min(1)
    .max(86_400)
    .exactOptional()
    .describe('Seconds after which it is ended, within what the policy allows'),
  background: z
    .boolean()
    .exactOptional()
    .describe('true: do not wait for it. It goes on beside other calls, until it ends or this run does'),
  need: z
    .string()
    .min(1)
    .max(500)
    .exactOptional()
    .describe('Only after a result said that something was held read-only: why it must be changed. The user is asked'),
});
export type CommandArguments = z.infer<typeof commandParameters>;
