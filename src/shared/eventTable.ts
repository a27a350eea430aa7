import * as z from 'zod';
import { ANSWERERS, STOPPERS } from './answered.ts';
import { ACTION_EVENTS } from './actionEvents.ts';
import { ANSWERED_BY, Count, Digest, from, Nothing, runFacts, runPayload, Text, used, where } from './eventFields.ts';
import type { EventKind, EventMark } from './eventKind.ts';
import { BoundFolderSchema } from './folderMark.ts';
import { JsonSchema } from './json.ts';
import { LOG_EVENTS } from './logEvents.ts';
import { LIMITS } from './limitQuestion.ts';
import { WaySchema } from './way.ts';

// Every kind of event that the log can hold, in one place: what it says, where it stands and what is done with it,

export const EVENTS = {
  ...LOG_EVENTS,
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
    about: 'What a person said to the run while it was at work. It is told the model at the next turn.',
    of: ['run'],
    marks: ['kept'],
    data: z.strictObject({ message: Text.exactOptional() }),
    payload: z.strictObject({ text: Text }),
  },
  message_withdrawn: {
    about: 'A person took a message back before the model was told it, and where that was said.',
    of: ['run'],
    marks: ['kept'],
    data: z.strictObject({ message: Text, by: z.literal('person'), ...from }),
    payload: Nothing,
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
  way_changed: {
    about:
      'From here on the run works in another way: `look`, `ask` or `review`. A person chose it, and where; or a policy took away the one before.',
    of: ['run'],
    marks: ['kept'],
    data: z.strictObject({ way: WaySchema, before: WaySchema, by: z.enum(['person', 'policy']), ...from }),
    payload: Nothing,
  },
  changes_kept: {
    about: 'A person reviewed changes of the run and keeps them: of how many files, and where that was said.',
    of: ['run'],
    marks: ['kept'],
    data: z.strictObject({ files: Count, by: z.literal('person'), ...from }),
    payload: z.strictObject({ paths: z.array(Text) }),
  },
  instructions: {
    about:
      'What the project’s own files say about working on it was read for the model, as their text: which files, and how many characters of them.',
    of: ['run'],
    marks: [],
    data: z.strictObject({ files: Count, characters: Count }),
    payload: z.strictObject({ paths: z.array(Text) }),
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
      'Something is about to leave for another program or machine: where to, how much, and which files’ content is in it (`contentOf`: a path; with `/` behind it, files of that folder; with `?` before it, files of it that are not known; with `$` before it, an environment variable). `address`: the one that was judged and is dialled, of a tool’s request. `proxy`: what carries it there, where that was chosen.',
    of: ['run', 'log'],
    marks: ['beginning'],
    data: z.strictObject({
      ...{ purpose: Text, origin: Text, method: Text, bytes: Count },
      ...{ address: Text.exactOptional(), proxy: Text.exactOptional() },
    }),
    payload: z.strictObject({ path: Text, contentOf: z.array(Text) }),
  },
  asked_again: {
    about:
      'A request to the model failed, or its reply was lost on the way, and nothing of it was acted on: what kind of failure it was (with the HTTP `status`, where there was one), which further try comes next, of how many, and after how long. `usedTokens`, `cost`: what it had used, as far as is known.',
    of: ['run'],
    marks: [],
    data: z.strictObject({
      kind: Text,
      next: Count,
      most: Count,
      waitMs: Count,
      status: Count.exactOptional(),
      ...used,
    }),
    payload: z.strictObject({ words: Text, cause: Text }),
  },
  compacted: {
    about:
      'From here on the model is told less of what came before, because it would not take more (`overflow`: it said so; `filling`: it soon would): `results` of old calls were shortened, or so many `messages` summed up; or, where nothing else made room, so many `messages` of the person were cut, and `saidLeftOut` characters of them left out. Tokens before and after, and those that it takes, as far as they are known. What was denied stays word for word. `usedTokens`, `cost`: what the summary took.',
    of: ['run'],
    marks: [],
    data: z.strictObject({
      because: z.enum(['filling', 'overflow']),
      how: z.enum(['shortened', 'summarised']),
      results: Count,
      messages: Count,
      saidLeftOut: Count.exactOptional(),
      tokensBefore: Count,
      tokensAfter: Count,
      limit: Count,
      ...used,
    }),
    payload: z.strictObject({ words: Text, summary: Text.exactOptional() }),
  },
  limit_reached: {
    about:
      'The run came to a limit: which one, and what it had used since it began or went on (tokens as counted or estimated; `costSoFar` in millionths, by the policy’s prices). `asked`: whether a person is there to be asked whether it goes on; otherwise it ends, and can be resumed.',
    of: ['run'],
    marks: [],
    data: z.strictObject({
      limit: z.enum(LIMITS),
      turns: Count,
      tokens: Count,
      costSoFar: Count.exactOptional(),
      asked: z.boolean(),
    }),
    payload: z.strictObject({ words: Text }),
  },
  limit_answered: {
    about:
      'Whether the run goes on over a limit, until it comes there again; who said so, as in `answered`, and after how many milliseconds. It approves no action.',
    of: ['run'],
    marks: ['kept'],
    data: z.strictObject({
      limit: z.enum(LIMITS),
      choice: z.enum(['go-on', 'stop']),
      by: ANSWERED_BY,
      ...from,
      waitedMs: Count,
    }),
    payload: Nothing,
  },
  model_replied: {
    about:
      'What the model said, why its reply ended, and what it counted (`cachedTokens`: those of the input that its provider had read before; `isEstimate`: the provider does not count; `cost` in millionths, by the policy’s prices).',
    of: ['run'],
    marks: [],
    data: z.strictObject({
      calls: Count,
      end: Text.exactOptional(),
      inputTokens: Count.exactOptional(),
      outputTokens: Count.exactOptional(),
      cachedTokens: Count.exactOptional(),
      cost: Count.exactOptional(),
      isEstimate: z.literal(true).exactOptional(),
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
  forked: {
    about:
      'The run begins with the conversation of another one (`from`): as it was before that run’s message of this number, counted from 1 over all that a person said in it, which is in its event `seq`; without both, all of it. Files stay as they are. Who wanted it: as in `answered`, or `option`, the command line.',
    of: ['run'],
    marks: ['kept'],
    data: z.strictObject({
      ...{ from: Text, message: Count.exactOptional(), seq: Count.exactOptional() },
      ...{ by: z.enum([...ANSWERERS, 'option']), ...from },
    }),
    payload: Nothing,
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
      'The run ended, and how; where something stopped it, what that was: a person, and at which terminal or window; a signal; output that could be written no more; a terminal that was gone; the program that had started it; or a fault. Since it began or went on: `received`, how many bytes answers brought; `unanswered`, how many actions were not done because nobody was there to approve them.',
    of: ['run'],
    marks: ['signed at once', 'kept'],
    data: z.strictObject({
      state: z.enum(['finished', 'stopped', 'limit', 'failed']),
      turns: Count,
      by: z.enum(STOPPERS).exactOptional(),
      ...from,
      received: Count.exactOptional(),
      unanswered: Count.exactOptional(),
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
  run_labelled: {
    about:
      'A person gave a run a name of their own (an empty one: none any more), or pinned it in the list of runs or took the pin out, and where.',
    of: ['run'],
    marks: ['kept'],
    data: z.strictObject({ pinned: z.boolean().exactOptional(), by: z.literal('person'), ...from }),
    payload: z.strictObject({ name: Text.exactOptional() }),
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
