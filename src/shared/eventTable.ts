import * as z from 'zod';
import { ANSWERERS, STOPPERS } from './answered.ts';
import { ChangedPathSchema, EXTENTS } from './change.ts';
import type { EventKind, EventMark } from './eventKind.ts';
import { BoundFolderSchema, folders } from './folderMark.ts';
import { JsonSchema } from './json.ts';
import { NO_CALL_CAUSES } from './noCall.ts';

// Every kind of event that the log can hold, in one place: what it says, where it stands and what is done with it,
// what of it is covered by the chain as it stands (`data`), and what is kept apart so that it can be erased (`payload`). docs/audit.md is made from this.

const Digest = z.string().regex(/^[0-9a-f]{64}$/);
const Count = z.number().int().min(0);
const Text = z.string();
const Reason = z.strictObject({ reason: Text.exactOptional() });
const Nothing = z.strictObject({});
/** Where a person was; and the signal, where it was one. */
const from = {
  at: z.enum(['editor', 'terminal']).exactOptional(),
  place: Text.exactOptional(),
  signal: Text.exactOptional(),
};

const runFacts = z.strictObject({ version: Text, policy: Digest, provider: Text, model: Text });
const runPayload = z.strictObject({ task: Text, folder: Text, folders, destination: Text, user: Text, host: Text });

/** Of a run, and nothing of it is apart. */
const plain = { of: ['run'], marks: [], payload: Nothing } as const;

export const EVENTS = {
  log_started: {
    about:
      'The first event of a log: its name, the format, and the public key of the account that certifies its writers (SPKI, base64).',
    of: ['log'],
    marks: ['exact'],
    data: z.strictObject({ log: Text, format: Count, account: Text }),
    payload: Nothing,
  },
  gap: {
    about:
      'What came before this log was set aside or is missing: why, and where an earlier file lies. `bytes` and `digest` (SHA-256) say what that file was.',
    of: ['log'],
    marks: ['exact', 'signed at once', 'warning'],
    data: z.strictObject({ reason: Text, bytes: Count.exactOptional(), digest: Digest.exactOptional() }),
    payload: z.strictObject({ file: Text, problem: Text }),
  },
  writer: {
    about:
      'A process begins to write: its public key, certified by the account key for this place in the chain. `exports`: the format of the exports that it makes.',
    of: ['log'],
    marks: ['exact'],
    data: z.strictObject({ key: Text, certificate: Text, pid: Count, exports: Count.exactOptional() }),
    payload: Nothing,
  },
  head: {
    about: 'The process signs the chain as it stood before this event (Ed25519, base64).',
    of: ['log'],
    marks: ['exact'],
    data: z.strictObject({ signature: Text }),
    payload: Nothing,
  },
  run_started: {
    about: 'A run begins with a task.',
    of: ['run'],
    marks: ['beginning', 'kept'],
    data: runFacts,
    payload: runPayload,
  },
  run_continued: {
    about: 'A message to a run that had ended, or a run that is resumed.',
    of: ['run'],
    marks: ['beginning', 'kept'],
    data: runFacts,
    payload: runPayload,
  },
  message: {
    about: 'What a person said to the run while it was at work.',
    of: ['run'],
    marks: ['kept'],
    data: Nothing,
    payload: z.strictObject({ text: Text }),
  },
  turn_started: {
    about: 'The model is asked once more.',
    of: ['run'],
    marks: ['beginning'],
    data: z.strictObject({ turn: Count }),
    payload: Nothing,
  },
  egress: {
    about:
      'Something is about to leave for another program or machine: where to, how much, and which files’ content is in it (`contentOf`: a path; with `/` behind it, files of that folder; with `?` before it, files of it that are not known).',
    of: ['run', 'log'],
    marks: ['beginning'],
    data: z.strictObject({ purpose: Text, origin: Text, method: Text, bytes: Count }),
    payload: z.strictObject({ path: Text, contentOf: z.array(Text) }),
  },
  model_replied: {
    about:
      'What the model said, why its reply ended, and what it counted (`cachedTokens`: those of the input that its provider had read before).',
    of: ['run'],
    marks: [],
    data: z.strictObject({
      calls: Count,
      end: Text.exactOptional(),
      inputTokens: Count.exactOptional(),
      outputTokens: Count.exactOptional(),
      cachedTokens: Count.exactOptional(),
    }),
    payload: z.strictObject({ text: Text }),
  },
  proposed: {
    about:
      'A tool call as an action; a call that is none has its arguments as they came, and the tool’s `name` where it is long.',
    of: ['run'],
    marks: ['beginning'],
    data: z.strictObject({
      tool: Text,
      effect: Text.exactOptional(),
      digest: Digest.exactOptional(),
      undo: Text.exactOptional(),
    }),
    payload: z.strictObject({
      title: Text.exactOptional(),
      action: JsonSchema.exactOptional(),
      arguments: Text.exactOptional(),
      name: Text.exactOptional(),
    }),
  },
  decided: {
    about: 'What the policy says of it: verdict and rule; the reason and its place are in the payload.',
    of: ['run'],
    marks: [],
    data: z.strictObject({
      verdict: z.enum(['allow', 'ask', 'deny']),
      rule: Text,
      digest: Digest.exactOptional(),
      tool: Text.exactOptional(),
      effect: Text.exactOptional(),
    }),
    payload: z.strictObject({ decision: JsonSchema }),
  },
  asked: {
    about: 'A person is asked. `shown` is the digest of the whole card.',
    ...plain,
    data: z.strictObject({ approval: Text, digest: Digest, shown: Digest }),
  },
  answered: {
    about:
      'The answer, who gave it (a person, and at which terminal or window; `input`: lines that lay ready in a pipe or file; `nobody`: none was there; or what took the question back: `cancelled`, the run was stopped, by a person where it says where), and after how many milliseconds. `unseen`: changed lines that were not in sight and were approved by their count.',
    of: ['run'],
    marks: ['kept'],
    data: z.strictObject({
      approval: Text.exactOptional(),
      choice: Text,
      by: z.enum([...ANSWERERS, 'cancelled', 'limit', 'interruption', ...STOPPERS.filter((one) => one !== 'person')]),
      ...from,
      unseen: Count.exactOptional(),
      waitedMs: Count.exactOptional(),
    }),
    payload: Reason,
  },
  granted: {
    about: 'An approval that is remembered, and until when.',
    of: ['run'],
    marks: [],
    data: z.strictObject({ grant: Text, until: Text }),
    payload: z.strictObject({ words: Text }),
  },
  grant_used: {
    about: 'A remembered approval covered this action.',
    ...plain,
    data: z.strictObject({ grant: Text }),
  },
  grant_revoked: {
    about: 'A remembered approval was taken back.',
    ...plain,
    data: z.strictObject({ grant: Text }),
  },
  checkpoint: {
    about: 'What stood there before is kept.',
    ...plain,
    data: z.strictObject({ files: Count, bytes: Count }),
  },
  started: {
    about: 'The action begins; committed to disk before it does. `outside`: without any sandbox.',
    of: ['run'],
    marks: ['beginning'],
    data: z.strictObject({ tool: Text, effect: Text, outside: z.literal(true).exactOptional() }),
    payload: Nothing,
  },
  changed: {
    about:
      'What the action changed, recorded when its effect is over and before `finished`, however that ended. `extent`: `exact`, these paths and no others; `unknown`, a command, which could change whatever the workspace let it. Of each path the kind, size in bytes and SHA-256 of what stood there before and after, where they are known, and for what was moved there `from` where. Nothing that only looks has one, and neither have logs of earlier versions.',
    of: ['run'],
    marks: [],
    data: z.strictObject({ extent: z.enum(EXTENTS), paths: Count }),
    payload: z.strictObject({ paths: z.array(ChangedPathSchema) }),
  },
  finished: {
    about:
      'How it ended: status and milliseconds; of a command also exit code, limits and use. Without a `started` before it nothing was begun: `cause` says why the call was none, or not possible. `changed`: what it was described from was another thing by then.',
    of: ['run'],
    marks: [],
    data: z.strictObject({
      status: z.enum(['done', 'failed', 'denied', 'cancelled']),
      durationMs: Count,
      changed: z.boolean().exactOptional(),
      cause: z.enum(NO_CALL_CAUSES).exactOptional(),
      facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).exactOptional(),
    }),
    payload: z.strictObject({ output: Text }),
  },
  reverted: {
    about:
      'What the action changed was put back by an action of another run (`run`, `action`); `restored`: that was put back in its turn.',
    ...plain,
    data: z.strictObject({ state: z.enum(['reverted', 'restored']), run: Text, action: Text }),
  },
  redaction: {
    about: 'Secrets were masked in what the action returned.',
    ...plain,
    data: z.strictObject({ masked: Count }),
  },
  flags: {
    about: 'The flags of the run (Rule of Two) as they are from here on.',
    ...plain,
    data: z.strictObject({ untrusted: z.boolean(), private: z.boolean(), outward: z.boolean() }),
  },
  folders_bound: {
    about:
      'A run goes on in other folders than those that it began in: of each where it was and where it is now (nowhere: left out), and what showed that (`place`: it stands where it stood; `file`: the same folder on its file system; `commit`: its git history; `nothing`). Who said so: as in `answered`, or `option`, the command line.',
    of: ['run'],
    marks: ['kept'],
    data: z.strictObject({ moved: Count, leftOut: Count, by: z.enum([...ANSWERERS, 'option']), ...from }),
    payload: z.strictObject({ folders: z.array(BoundFolderSchema) }),
  },
  policy_changed: {
    about: 'Another policy is in force; the digest is of its values.',
    of: ['run', 'policy'],
    marks: [],
    data: z.strictObject({ policy: Digest, before: Digest.exactOptional() }),
    payload: z.strictObject({ folder: Text }),
  },
  policy_accepted: {
    about: 'The user accepted exactly this content of a workspace policy.',
    of: ['policy'],
    marks: [],
    data: z.strictObject({ digest: Digest }),
    payload: z.strictObject({ file: Text, change: z.array(Text) }),
  },
  self_test: {
    about: 'The sandbox was tested on this machine: how many attempts to get out held, and how many did not.',
    of: ['sandbox'],
    marks: [],
    data: z.strictObject({ works: z.boolean(), held: Count, failed: Count }),
    payload: z.strictObject({ words: Text }),
  },
  error: {
    about: 'A failure that nobody expected.',
    of: ['run'],
    marks: ['kept', 'failure'],
    data: Nothing,
    payload: z.strictObject({ message: Text }),
  },
  notice: {
    about: 'Something to know.',
    of: ['run', 'log'],
    marks: ['kept'],
    data: z.record(z.string(), JsonSchema),
    payload: z.record(z.string(), JsonSchema),
  },
  conversation: {
    about:
      'The run’s conversation is stored, to be resumed: the SHA-256 of its text, and its length. The last one counts.',
    of: ['run'],
    marks: ['exact'],
    data: z.strictObject({ digest: Digest, bytes: Count }),
    payload: Nothing,
  },
  run_finished: {
    about:
      'The run ended, and how; where something stopped it, what that was: a person, and at which terminal or window; a signal; output that could be written no more; a terminal that was gone; the program that had started it; or a fault. `received`: how many bytes answers brought since it began or went on.',
    of: ['run'],
    marks: ['signed at once', 'kept'],
    data: z.strictObject({
      state: z.enum(['finished', 'stopped', 'limit', 'failed']),
      turns: Count,
      by: z.enum(STOPPERS).exactOptional(),
      ...from,
      received: Count.exactOptional(),
    }),
    payload: z.strictObject({ reason: Text }),
  },
  interrupted: {
    about:
      'What was left open: an action of a process that is gone, with what is known of its effect; or a run: why is in `reason`.',
    of: ['run'],
    marks: ['signed at once', 'warning'],
    data: z.strictObject({ after: Text.exactOptional(), effect: Text.exactOptional(), reason: Text.exactOptional() }),
    payload: Nothing,
  },
  left_behind: {
    about:
      'What a command left that was broken off, because its process was gone before that could be looked through: when the command had begun, how much was set aside by whoever started next, and how much was left where it is, to be looked at.',
    of: ['run', 'sandbox'],
    marks: ['kept', 'warning'],
    data: z.strictObject({ began: Text, quarantined: Count, left: Count }),
    payload: z.strictObject({ folder: Text, words: z.array(Text) }),
  },
  erasure: {
    about:
      'Payloads were erased: those of the events in these ranges of sequence numbers, ends included; and the stored conversations of these runs.',
    of: ['log'],
    marks: ['exact', 'signed at once'],
    data: z.strictObject({
      scope: z.enum(['run', 'person', 'retention']),
      payloads: Count,
      ranges: z.array(z.tuple([Count, Count])),
      conversations: z.array(Text).exactOptional(),
    }),
    payload: Nothing,
  },
} as const satisfies Record<string, EventKind>;

export type EventType = keyof typeof EVENTS;
/** What is said of each kind: `data` and `payload` as its schemas have them. */
export type EventData = { [T in EventType]: z.output<(typeof EVENTS)[T]['data']> };
export type EventPayload = { [T in EventType]: z.output<(typeof EVENTS)[T]['payload']> };
/** Names for events that belong to no run. */
export type NoRun = Exclude<(typeof EVENTS)[EventType]['of'][number], 'run'>;

export function hasMark(type: EventType, mark: EventMark): boolean {
  const { marks }: EventKind = EVENTS[type];
  return marks.includes(mark);
}

export const EVENT_TYPES = Object.keys(EVENTS) as [EventType, ...EventType[]];
