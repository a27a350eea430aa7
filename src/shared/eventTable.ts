import * as z from 'zod';
import { ANSWERERS, STOPPERS } from './answered.ts';
import { ACTION_EVENTS } from './actionEvents.ts';
import { Digest, Count, Text, Nothing, where, from, runFacts, runPayload } from './eventFields.ts';
import type { EventKind, EventMark } from './eventKind.ts';
import { BoundFolderSchema } from './folderMark.ts';
import { JsonSchema } from './json.ts';

// Every kind of event that the log can hold, in one place: what it says, where it stands and what is done with it,

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
    about: 'A run begins with a task; where, if a person is known to be there (`at`, `place`).',
    of: ['run'],
    marks: ['beginning', 'kept'],
    data: runFacts,
    payload: runPayload,
  },
  run_continued: {
    about: 'A message to a run that had ended, or a run that is resumed or taken over; where, as of its beginning.',
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
  handed_over: {
    about:
      'Somebody agreed that the run’s conversation goes on with another model, or elsewhere: from which model to which, where that was said, and how many parts of replies are left out because only the model before can read them.',
    of: ['run'],
    marks: ['kept'],
    data: z.strictObject({
      model: Text,
      before: Text.exactOptional(),
      leftOut: Count,
      by: z.enum(['person', 'input']),
      ...from,
    }),
    payload: z.strictObject({ destination: Text, destinationBefore: Text.exactOptional() }),
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
  ...ACTION_EVENTS,
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
  unattended: {
    about:
      'No window or terminal that belongs to the run shows a sign of life: nothing is asked and nothing further begins until one does, or the run is taken over.',
    of: ['run'],
    marks: [],
    data: Nothing,
    payload: Nothing,
  },
  attended: {
    about: 'A window or terminal shows a sign of life again: the run goes on.',
    of: ['run'],
    marks: [],
    data: Nothing,
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
      'What was left open: an action of a process that is gone, with what is known of its effect; or a run: why is in `reason`, and who it was where a person took it over at another window or terminal in `by`, `at`, `place`.',
    of: ['run'],
    marks: ['signed at once', 'warning'],
    data: z.strictObject({
      after: Text.exactOptional(),
      effect: Text.exactOptional(),
      reason: Text.exactOptional(),
      by: z.literal('person').exactOptional(),
      ...where,
    }),
    payload: Nothing,
  },
  dismissed: {
    about:
      'A person wants to be offered no more to go on with this interrupted run, and where that was said. It can still be resumed; when it is interrupted again, that is offered again.',
    of: ['run'],
    marks: [],
    data: z.strictObject({ by: z.literal('person'), ...from }),
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
