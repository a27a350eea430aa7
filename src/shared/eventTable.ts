import * as z from 'zod';
import { ANSWERERS, STOPPERS } from './answered.ts';
import { JsonSchema } from './json.ts';
import { NO_CALL_CAUSES } from './noCall.ts';

// Every kind of event that the log can hold, in one place: what it says, what of it is covered by the chain as it
// stands (`data`), and what is kept apart so that it can be erased (`payload`). docs/audit.md is made from this.

const Digest = z.string().regex(/^[0-9a-f]{64}$/);
const Count = z.number().int().min(0);
const Text = z.string();
const Reason = z.strictObject({ reason: Text.optional() });
const Nothing = z.strictObject({});
/** Where a person was. */
const place = { at: z.enum(['editor', 'terminal']).optional(), place: Text.optional() };

interface EventKind<D extends z.ZodType = z.ZodType, P extends z.ZodType = z.ZodType> {
  about: string;
  data: D;
  payload: P;
}

function kind<D extends z.ZodType, P extends z.ZodType>(about: string, data: D, payload: P): EventKind<D, P> {
  return { about, data, payload };
}

const runFacts = z.strictObject({ version: Text, policy: Digest, provider: Text, model: Text });
const runPayload = z.strictObject({ task: Text, folder: Text, destination: Text, user: Text, host: Text });

export const EVENTS = {
  log_started: kind(
    'The first event of a log: its name, the format, and the public key of the account that certifies its writers (SPKI, base64).',
    z.strictObject({ log: Text, format: Count, account: Text }),
    Nothing,
  ),
  gap: kind(
    'What came before this log was set aside or is missing: why, and where an earlier file lies. `bytes` and `digest` (SHA-256) say what that file was.',
    z.strictObject({ reason: Text, bytes: Count.optional(), digest: Digest.optional() }),
    z.strictObject({ file: Text, problem: Text }),
  ),
  writer: kind(
    'A process begins to write: its public key, certified by the account key for this place in the chain. `exports`: the format of the exports that it makes.',
    z.strictObject({ key: Text, certificate: Text, pid: Count, exports: Count.optional() }),
    Nothing,
  ),
  head: kind(
    'The process signs the chain as it stood before this event (Ed25519, base64).',
    z.strictObject({ signature: Text }),
    Nothing,
  ),
  run_started: kind('A run begins with a task.', runFacts, runPayload),
  run_continued: kind('A message to a run that had ended, or a run that is resumed.', runFacts, runPayload),
  turn_started: kind('The model is asked once more.', z.strictObject({ turn: Count }), Nothing),
  egress: kind(
    'Something is about to leave for another program or machine: where to, how much, and which files’ content is in it (`contentOf`: a path; with `/` behind it, files of that folder; with `?` before it, files of it that are not known).',
    z.strictObject({ purpose: Text, origin: Text, method: Text, bytes: Count }),
    z.strictObject({ path: Text, contentOf: z.array(Text) }),
  ),
  model_replied: kind(
    'What the model said, why its reply ended, and what it counted (`cachedTokens`: those of the input that its provider had read before).',
    z.strictObject({
      calls: Count,
      end: Text.optional(),
      inputTokens: Count.optional(),
      outputTokens: Count.optional(),
      cachedTokens: Count.optional(),
    }),
    z.strictObject({ text: Text }),
  ),
  proposed: kind(
    'A tool call as an action; a call that is none has its arguments as they came, and the tool’s `name` where it is long.',
    z.strictObject({ tool: Text, effect: Text.optional(), digest: Digest.optional(), undo: Text.optional() }),
    z.strictObject({
      title: Text.optional(),
      action: JsonSchema.optional(),
      arguments: Text.optional(),
      name: Text.optional(),
    }),
  ),
  decided: kind(
    'What the policy says of it: verdict and rule; the reason and its place are in the payload.',
    z.strictObject({
      verdict: z.enum(['allow', 'ask', 'deny']),
      rule: Text,
      digest: Digest.optional(),
      tool: Text.optional(),
      effect: Text.optional(),
    }),
    z.strictObject({ decision: JsonSchema }),
  ),
  asked: kind(
    'A person is asked. `shown` is the digest of the whole card.',
    z.strictObject({ approval: Text, digest: Digest, shown: Digest }),
    Nothing,
  ),
  answered: kind(
    'The answer, who gave it (a person, and at which terminal or window; `input`: lines that lay ready in a pipe or file; `nobody`: none was there; or what took the question back: `cancelled`, the run was stopped, by a person where it says where), and after how many milliseconds.',
    z.strictObject({
      approval: Text.optional(),
      choice: Text,
      by: z.enum([...ANSWERERS, 'cancelled', 'limit', 'interruption', ...STOPPERS.filter((one) => one !== 'person')]),
      ...place,
      signal: Text.optional(),
      waitedMs: Count.optional(),
    }),
    Reason,
  ),
  granted: kind(
    'An approval that is remembered, and until when.',
    z.strictObject({ grant: Text, until: Text }),
    z.strictObject({ words: Text }),
  ),
  grant_used: kind('A remembered approval covered this action.', z.strictObject({ grant: Text }), Nothing),
  grant_revoked: kind('A remembered approval was taken back.', z.strictObject({ grant: Text }), Nothing),
  checkpoint: kind('What stood there before is kept.', z.strictObject({ files: Count, bytes: Count }), Nothing),
  started: kind(
    'The action begins; committed to disk before it does. `outside`: without any sandbox.',
    z.strictObject({ tool: Text, effect: Text, outside: z.literal(true).optional() }),
    Nothing,
  ),
  finished: kind(
    'How it ended: status and milliseconds; of a command also exit code, limits and use; of a file that was written or deleted the bytes, and the digests of its content, as far as they are known. Without a `started` before it nothing was begun: `cause` says why the call was none, or not possible. `changed`: what it was described from was another thing by then.',
    z.strictObject({
      status: z.enum(['done', 'failed', 'denied', 'cancelled']),
      durationMs: Count,
      changed: z.boolean().optional(),
      cause: z.enum(NO_CALL_CAUSES).optional(),
      facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).optional(),
    }),
    z.strictObject({ output: Text, places: z.record(z.string(), Text).optional() }),
  ),
  redaction: kind('Secrets were masked in what the action returned.', z.strictObject({ masked: Count }), Nothing),
  flags: kind(
    'The flags of the run (Rule of Two) as they are from here on.',
    z.strictObject({ untrusted: z.boolean(), private: z.boolean(), outward: z.boolean() }),
    Nothing,
  ),
  policy_changed: kind(
    'Another policy is in force; the digest is of its values.',
    z.strictObject({ policy: Digest, before: Digest.optional() }),
    z.strictObject({ folder: Text }),
  ),
  policy_accepted: kind(
    'The user accepted exactly this content of a workspace policy.',
    z.strictObject({ digest: Digest }),
    z.strictObject({ file: Text, change: z.array(Text) }),
  ),
  self_test: kind(
    'The sandbox was tested on this machine: how many attempts to get out held, and how many did not.',
    z.strictObject({ works: z.boolean(), held: Count, failed: Count }),
    z.strictObject({ words: Text }),
  ),
  error: kind('A failure that nobody expected.', Nothing, z.strictObject({ message: Text })),
  notice: kind('Something to know.', z.record(z.string(), JsonSchema), z.record(z.string(), JsonSchema)),
  conversation: kind(
    'The run’s conversation is stored, to be resumed: the SHA-256 of its text, and its length. The last one counts.',
    z.strictObject({ digest: Digest, bytes: Count }),
    Nothing,
  ),
  run_finished: kind(
    'The run ended, and how; where something stopped it, what that was: a person, and at which terminal or window; a signal; output that could be written no more; a terminal that was gone; the program that had started it; or a fault.',
    z.strictObject({
      state: z.enum(['finished', 'stopped', 'limit', 'failed']),
      turns: Count,
      by: z.enum(STOPPERS).optional(),
      ...place,
      signal: Text.optional(),
    }),
    z.strictObject({ reason: Text }),
  ),
  interrupted: kind(
    'What was left open: an action of a process that is gone, with what is known of its effect; or a run, whose process is gone or whose window was closed or reloaded.',
    z.strictObject({ after: Text.optional(), effect: Text.optional(), reason: Text.optional() }),
    Nothing,
  ),
  left_behind: kind(
    'What a command left that was broken off, because its process was gone before that could be looked through: when the command had begun, how much was set aside by whoever started next, and how much was left where it is, to be looked at.',
    z.strictObject({ began: Text, quarantined: Count, left: Count }),
    z.strictObject({ folder: Text, words: z.array(Text) }),
  ),
  erasure: kind(
    'Payloads were erased: those of the events in these ranges of sequence numbers, ends included; and the stored conversations of these runs.',
    z.strictObject({
      scope: z.enum(['run', 'person', 'retention']),
      payloads: Count,
      ranges: z.array(z.tuple([Count, Count])),
      conversations: z.array(Text).optional(),
    }),
    Nothing,
  ),
} as const satisfies Record<string, EventKind>;

export type EventType = keyof typeof EVENTS;
export const EVENT_TYPES = Object.keys(EVENTS) as [EventType, ...EventType[]];
