import * as z from 'zod';
import { UndoStateSchema } from './undoState.ts';
import { JsonSchema } from './json.ts';

/** A path an action touches: absolute, links resolved, and how it is touched. */
export const ResourceSchema = z.strictObject({
  path: z.string(),
  access: z.enum(['read', 'list', 'write', 'delete']),
});
export type Resource = z.infer<typeof ResourceSchema>;

/**
 * What stood at a path when the action was described. `digest` is the SHA-256 of a file's bytes, or of a
 * folder's listing with each entry's digest; `size` is in bytes.
 */
export const PreImageSchema = z.strictObject({
  path: z.string(),
  kind: z.enum(['absent', 'file', 'directory', 'link', 'other']),
  digest: z.string().optional(),
  size: z.number().optional(),
});
export type PreImage = z.infer<typeof PreImageSchema>;

/** How a command would be started: exactly these words, in this folder, with this environment. */
export const LaunchSchema = z.strictObject({
  argv: z.array(z.string()),
  cwd: z.string(),
  environment: z.record(z.string(), z.string()),
  /** How the workspace is mounted, and whether likely secrets in it can be read. Denied paths never can. */
  workspace: z.enum(['writable', 'read-only']),
  secrets: z.enum(['visible', 'hidden']),
  /** Set where what version control and its like keep of files is hidden, because some of those files are denied. */
  stores: z.literal('hidden').optional(),
  /** Without any sandbox. */
  outside: z.literal(true).optional(),
  /** Reviewed afterwards: what undo does not cover is there to be read, and cannot be changed. */
  uncovered: z.literal('read-only').optional(),
  /** Effects first: what it changes is kept beside the workspace, and shown. */
  view: z.literal('copy-on-write').optional(),
  /** It can ask for connections, each host of which is decided by itself (`connect`). Set by nothing else: no network. */
  network: z.literal('door').optional(),
});
export type Launch = z.infer<typeof LaunchSchema>;

/** What a command line means, as far as it was understood. With no doubts it only looks. */
export const CommandSchema = z.strictObject({
  /** Every program start, also those that others make; null for a word that cannot be known beforehand. */
  programs: z.array(z.array(z.string().nullable())),
  /** Why it is not known to only look; `program` is the program start that it is about, where it is about one. */
  doubts: z.array(
    z.strictObject({
      why: z.string(),
      program: z.number().optional(),
      /** Because of it other programs may start than those found; or it takes away what only a network brings back. */
      kind: z.enum(['unread', 'offline']).optional(),
      /** It is that the line sets this variable, and nothing else. */
      sets: z.string().optional(),
    }),
  ),
  /** What is known of words that are null: how they begin, and whether each may be several words, or none. */
  open: z
    .array(z.strictObject({ program: z.number(), word: z.number(), head: z.string(), several: z.boolean() }))
    .optional(),
  /** Some program of it starts in another folder than the command itself, or that is not known. */
  moves: z.literal(true).optional(),
  /** Where it moves: the folders that each program may start in, whole and real; null where that is not known. */
  folders: z.array(z.array(z.string()).nullable()).optional(),
  /** The program starts that only activate an environment of the project's own (`source .venv/bin/activate`). */
  activates: z.array(z.number()).optional(),
  /** The program starts that are given an input in the line (a pipe, a text, a file): their words may not say all. */
  fed: z.array(z.number()).optional(),
  /** It repeats its programs, does not wait for them, or may meet links in scratch: an approval of one says nothing of it. */
  onlyItself: z.literal(true).optional(),
  /** Files that say what a program of it does (scripts it names, package.json, a Makefile); `changed` by this run. */
  scripts: z.array(z.strictObject({ path: z.string(), changed: z.boolean() })),
  /** Why `scripts` may not be all of them, and whether this run may have changed one that is missing. */
  unbound: z.strictObject({ why: z.string(), changed: z.boolean() }).exactOptional(),
  /** What its output may hold the content of, spelled as in `contentOf.ts`. */
  contentOf: z.array(z.string()).exactOptional(),
});
export type CommandMeaning = z.infer<typeof CommandSchema>;

/** How earlier versions recorded it; of commands all of them said `none`. */
const FORMERLY: ReadonlyMap<unknown, string> = new Map([
  ['full', 'whole'],
  ['nothing-to-undo', 'nothing'],
]);

/** What every kind of action has. */
const COMMON = {
  tool: z.string(),
  resources: z.array(ResourceSchema),
  arguments: z.record(z.string(), JsonSchema),
  /** What undo will be able to do afterwards; certain is only `whole`: all that it changes is kept. */
  undo: z.preprocess((said) => FORMERLY.get(said) ?? said, UndoStateSchema),
};

/** It looks at files and changes nothing. */
export const LookSchema = z.strictObject({
  kind: z.literal('look'),
  effect: z.enum(['read', 'list', 'search']),
  ...COMMON,
});
export type Look = z.infer<typeof LookSchema>;

/** It changes files: exactly those that it names, which stand as `changes` says. */
export const ChangeSchema = z.strictObject({
  kind: z.literal('change'),
  effect: z.enum(['write', 'delete', 'move']),
  changes: z.array(PreImageSchema),
  ...COMMON,
});
export type Change = z.infer<typeof ChangeSchema>;

/** It starts a program. `binds`: files that say what the program does, as they stood; what it changes is not known. */
export const RunSchema = z.strictObject({
  kind: z.literal('run'),
  effect: z.literal('execute'),
  launch: LaunchSchema,
  command: CommandSchema,
  binds: z.array(PreImageSchema),
  ...COMMON,
});
export type Run = z.infer<typeof RunSchema>;

/** It is about a command that the same run has started: reading on what that puts out, waiting for it, ending it. */
export const FollowSchema = z.strictObject({
  kind: z.literal('follow'),
  effect: z.enum(['follow', 'stop']),
  ...COMMON,
});
export type Follow = z.infer<typeof FollowSchema>;

/** It speaks to the person. */
export const TalkSchema = z.strictObject({
  kind: z.literal('talk'),
  effect: z.enum(['ask', 'plan']),
  ...COMMON,
});
export type Talk = z.infer<typeof TalkSchema>;

/** One HTTP request, all of it: nothing else is sent but what the protocol needs. */
export const RequestSchema = z.strictObject({
  method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']),
  /** As it will be asked for: the host in its one spelling, without a fragment. */
  url: z.string(),
  /** Host and port of it, as rules have them (`src/core/egress/hostName.ts`). */
  host: z.string(),
  port: z.number(),
  /** Each with its name before it, `accept: text/plain`: only so is a credential known for what it is. */
  headers: z.array(z.string()),
  body: z.string().exactOptional(),
  /** How much of it looks like a secret. */
  secrets: z.number(),
});
export type HttpRequest = z.infer<typeof RequestSchema>;

/** It sends something to another machine, and what comes back is anybody's. */
export const SendSchema = z.strictObject({
  kind: z.literal('send'),
  effect: z.literal('request'),
  request: RequestSchema,
  ...COMMON,
});
export type Send = z.infer<typeof SendSchema>;

/** It fetches a page of the web to be read, and what it is led on to. `robots`: what its host asks of programs. */
export const BrowseSchema = z.strictObject({
  kind: z.literal('browse'),
  effect: z.literal('browse'),
  request: RequestSchema,
  robots: z.enum(['heeded', 'passed over']),
  /** Nothing is fetched: the model is shown this page of the run, by its number, from this character on. */
  shows: z.strictObject({ page: z.number(), start: z.number() }).exactOptional(),
  ...COMMON,
});
export type Browse = z.infer<typeof BrowseSchema>;

/** A command in the sandbox reaches a host, as often as it likes until it ends. What goes there is not known beforehand. */
export const ConnectSchema = z.strictObject({
  kind: z.literal('connect'),
  effect: z.literal('connect'),
  /** As rules have them (`src/core/egress/hostName.ts`). */
  host: z.string(),
  port: z.number(),
  ...COMMON,
});
export type Connect = z.infer<typeof ConnectSchema>;

/** It reads one environment variable of the person's. */
export const ReadVariableSchema = z.strictObject({
  kind: z.literal('variable'),
  effect: z.literal('variable'),
  name: z.string(),
  ...COMMON,
});
export type ReadVariable = z.infer<typeof ReadVariableSchema>;
/** Which database: a SQLite file, or one behind a connection that the policy names (`database.connections`). */
export const DatabaseSchema = z.discriminatedUnion('engine', [
  z.strictObject({ engine: z.literal('sqlite'), path: z.string() }),
  z.strictObject({
    engine: z.literal('postgresql'),
    connection: z.string(),
    /** As rules have it (`src/core/egress/hostName.ts`). */
    host: z.string(),
    port: z.number(),
    database: z.string(),
    user: z.string(),
    tls: z.boolean(),
  }),
]);
export type Database = z.infer<typeof DatabaseSchema>;

/** It asks a database, and changes nothing of it. */
export const QuerySchema = z.strictObject({
  kind: z.literal('query'),
  effect: z.enum(['query', 'schema']),
  database: DatabaseSchema,
  /** One statement, as it is sent. */
  statement: z.string(),
  ...COMMON,
});
export type Query = z.infer<typeof QuerySchema>;

/** It changes what is in a database: all of its statements in one transaction, or none. */
export const ModifySchema = z.strictObject({
  kind: z.literal('modify'),
  effect: z.literal('modify'),
  database: DatabaseSchema,
  statements: z.array(z.string()),
  /** Of SQLite: the file, which is replaced as a whole. */
  changes: z.array(PreImageSchema),
  /** It is done to be counted, and taken back. */
  trial: z.literal(true).exactOptional(),
  ...COMMON,
});
export type Modify = z.infer<typeof ModifySchema>;
/** A plugin as its declaration has it, and what its program is: a program with another content is another plugin. */
export const PluginSchema = z.strictObject({
  name: z.string(),
  command: z.array(z.string()),
  /** Of the workspace it sees these alone, absolute; `writable`: and may change them. */
  folders: z.array(z.string()),
  writable: z.boolean(),
  /** It may ask for connections to these alone, as entries of `allowed_domains`. */
  hosts: z.array(z.string()),
  /** Of the person's variables it sees these alone, by name. */
  variables: z.array(z.string()),
  /** SHA-256 over the files and packages that its command names, as they stood; empty where it names none. */
  program: z.string(),
});
export type Plugin = z.infer<typeof PluginSchema>;

/** It starts a plugin in a cage of its own, takes definitions of its tools for good, or has one of them used. */
export const PluginActionSchema = z.strictObject({
  kind: z.literal('plugin'),
  effect: z.enum(['start', 'accept', 'use']),
  plugin: PluginSchema,
  /** How it is started, where it is. */
  launch: LaunchSchema.exactOptional(),
  /** SHA-256 of the definitions that are taken, or of the one that is used. */
  definition: z.string().exactOptional(),
  ...COMMON,
});
export type PluginAction = z.infer<typeof PluginActionSchema>;

/**
 * What a tool call would do, as data. An approval binds to the digest of exactly this. What the product must know of a
 * kind stands in `src/core/kinds/`; `effect` is the finer word, which policies, cards and the log speak of.
 */
export const ActionSchema = z.discriminatedUnion('kind', [
  LookSchema,
  ChangeSchema,
  RunSchema,
  FollowSchema,
  TalkSchema,
  SendSchema,
  BrowseSchema,
  ConnectSchema,
  ReadVariableSchema,
  QuerySchema,
  ModifySchema,
  PluginActionSchema,
]);
export type Action = z.infer<typeof ActionSchema>;
export type Effect = Action['effect'];
