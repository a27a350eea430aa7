import * as z from 'zod';

// What the agent can see under the policy in force: of a program that reads `oversign exposure --json`, and of the tree
// in the editor. No more than what the code enforces.

const Count = z.number().int().min(0);

/** What files are to the agent, by what stands first that is true of them. */
export const FILE_STANDINGS = [
  'source',
  'document',
  'data',
  'media',
  'other',
  'secret',
  'kept',
  'denied',
  'outside',
] as const;
export type FileStanding = (typeof FILE_STANDINGS)[number];

/**
 * Files in the workspace. `folders`: denied folders, and those outside its scope, count as one entry and were not looked
 * into. Links are not followed. `isWhole`: all was looked at; else `stopped` says why not.
 */
export const FileCountSchema = z.strictObject({
  counts: z.record(z.enum(FILE_STANDINGS), Count),
  links: Count,
  unread: Count,
  looked: Count,
  isWhole: z.boolean(),
  stopped: z.enum(['entries', 'time', 'cancelled']).exactOptional(),
});
export type FileCount = z.infer<typeof FileCountSchema>;

export const ReachSchema = z.strictObject({
  /** `whole`: nothing of it is left out of the scope; `part`: allowed_paths narrows it; `nothing`: it leaves nothing. */
  folders: z.array(z.strictObject({ path: z.string(), scope: z.enum(['whole', 'part', 'nothing']) })),
  files: FileCountSchema.nullable(),
  fileTools: z.boolean(),
  /** Entries of the policy, as they were written. */
  allowedPaths: z.array(z.string()),
  deniedPaths: z.array(z.string()),
  ownPaths: z.array(z.string()),
  commands: z.strictObject({
    run: z.enum(['sandbox', 'outside', 'none']),
    languages: z.array(z.string()),
    network: z.enum(['none', 'ask', 'allowed', 'unbounded']),
    /** Names of the environment's variables that are given to them. */
    variables: z.array(z.string()),
  }),
  requests: z.enum(['none', 'ask', 'allowed']),
  /** Web pages: `reviewed`, a person sees what came back before the model does. */
  pages: z.enum(['none', 'allowed', 'reviewed']),
  /** `files`: SQLite files of the workspace. What is there asks before it is read. */
  databases: z.strictObject({
    files: z.boolean(),
    connections: z.array(z.strictObject({ name: z.string(), host: z.string(), access: z.enum(['read', 'write']) })),
  }),
  /** Secrets by name, which the agent may have sent and never sees. */
  secrets: z.array(z.strictObject({ name: z.string(), hosts: z.array(z.string()) })),
  plugins: z.array(z.strictObject({ name: z.string(), tools: z.array(z.string()), hosts: z.array(z.string()) })),
  hosts: z.strictObject({ allowed: z.array(z.string()), denied: z.array(z.string()), others: z.enum(['ask', 'deny']) }),
  model: z.strictObject({
    cloud: z.boolean(),
    nearby: z.array(z.string()),
    /** Where prompts of the next run would go, in words; null where nobody has chosen a model. */
    destination: z.string().nullable(),
  }),
});
export type Reach = z.infer<typeof ReachSchema>;
