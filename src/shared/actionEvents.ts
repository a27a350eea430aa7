import * as z from 'zod';
import { ChangedPathSchema, EXTENTS } from './change.ts';
import { ANSWERED_BY, Count, Digest, from, Nothing, plain, Reason, Text } from './eventFields.ts';
import type { EventKind } from './eventKind.ts';
import { JsonSchema } from './json.ts';
import { NO_CALL_CAUSES } from './noCall.ts';

/** Events of one action, from its proposal to what came of it: a part of the table of events (eventTable.ts). */
export const ACTION_EVENTS = {
  proposed: {
    about:
      'A tool call as an action; a call that is none has its arguments as they came, and the tool’s `name` where it is long. `call`: which of the calls of its reply it is, counted from 1, where there are several. `editedBy`: a person has changed what the agent had asked for, whose arguments are in `editedFrom`; the action is as they have it. `effectsOf`: it runs in a copy-on-write view, for a person to see what that action would change. `within`: that action asks for it while it is done; it is no call of the model.',
    of: ['run'],
    marks: ['beginning'],
    data: z.strictObject({
      tool: Text,
      effect: Text.exactOptional(),
      digest: Digest.exactOptional(),
      undo: Text.exactOptional(),
      call: Count.exactOptional(),
      editedBy: z.literal('person').exactOptional(),
      effectsOf: Text.exactOptional(),
      within: Text.exactOptional(),
    }),
    payload: z.strictObject({
      title: Text.exactOptional(),
      action: JsonSchema.exactOptional(),
      editedFrom: JsonSchema.exactOptional(),
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
      'The answer (`save-first` approves nothing: what is unsaved in the editor is saved, and it is asked anew; `approve-edited` approves it as the person has changed it, to the text in `edited`, where nothing else becomes of it; else it is asked anew, or stands as it was; `show-effects` approves nothing: it runs in a copy-on-write view, as an action of its own, and is asked anew with what that changed; `apply` approves exactly that), who gave it (a person, and at which terminal or window; `input`: lines that lay ready in a pipe or file; `nobody`: none was there; or what took the question back: `cancelled`, the run was stopped, by a person where it says where; `outdated`, what it was about was not as shown any more), and after how many milliseconds. `unseen`: changed lines that were not in sight and were approved by their count.',
    of: ['run'],
    marks: ['kept'],
    data: z.strictObject({
      approval: Text.exactOptional(),
      choice: Text,
      by: ANSWERED_BY,
      ...from,
      unseen: Count.exactOptional(),
      waitedMs: Count.exactOptional(),
    }),
    payload: Reason.extend({ edited: Text.exactOptional() }),
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
  saving: {
    about:
      'The editor is told to save what a person has unsaved in it, by their answer and before the action that it is about begins; committed before. The paths are of those files.',
    of: ['run'],
    marks: [],
    data: z.strictObject({ files: Count }),
    payload: z.strictObject({ paths: z.array(Text) }),
  },
  checkpoint: {
    about: 'What stood there before is kept.',
    ...plain,
    data: z.strictObject({ files: Count, bytes: Count }),
  },
  started: {
    about:
      'The action begins; committed to disk before it does. `outside`: without any sandbox. `view`: in a copy-on-write view, of which nothing is on disk; or of a database on a copy, or in a transaction, that is `taken back`. `applies`: exactly what that action changed in one is made.',
    of: ['run'],
    marks: ['beginning'],
    data: z.strictObject({
      tool: Text,
      effect: Text,
      outside: z.literal(true).exactOptional(),
      view: z.enum(['copy-on-write', 'taken back']).exactOptional(),
      applies: Text.exactOptional(),
    }),
    payload: Nothing,
  },
  whose_asked: {
    about:
      'In the middle of an action: a person is asked whether what appeared while the command ran is theirs, and stays where it is; `digest` is of what there is, `shown` of the whole card.',
    of: ['run'],
    marks: [],
    data: z.strictObject({ approval: Text, digest: Digest, shown: Digest }),
    payload: z.strictObject({ paths: z.array(Text) }),
  },
  whose_answered: {
    about: 'The answer to that, and who gave it, as in `answered`; `deny`: it is set aside, as where nobody answers.',
    of: ['run'],
    marks: ['kept'],
    data: z.strictObject({
      approval: Text,
      choice: z.enum(['approve', 'deny']),
      by: ANSWERED_BY,
      ...from,
      unseen: Count.exactOptional(),
      waitedMs: Count.exactOptional(),
    }),
    payload: Reason,
  },
  changed: {
    about:
      'What the action changed, recorded when its effect is over and before `finished`, however that ended. `extent`: `exact`, these paths and no others; `seen`, a command, which could change whatever the workspace let it: these stood otherwise after it than before, whoever did that, and in `leftOut` nobody looked; `unknown`, such a command where nobody looked at all. Of each path the kind, size in bytes, SHA-256 and permission bits of what stood there before and after, where they are known, and for what was moved there `from` where. `list`: where they are many, the SHA-256 of the list of all of them, which is kept beside the log for undo. Nothing that only looks has one, and neither have logs of earlier versions.',
    of: ['run'],
    marks: ['afterwards'],
    data: z.strictObject({ extent: z.enum(EXTENTS), paths: Count, list: Digest.exactOptional() }),
    payload: z.strictObject({ paths: z.array(ChangedPathSchema), leftOut: z.array(Text).exactOptional() }),
  },
  finished: {
    about:
      'How it ended: status and milliseconds; of a command also exit code, limits and use. Without a `started` before it nothing was begun: `cause` says why the call was none, or not possible. `changed`: what it was described from was another thing by then.',
    of: ['run'],
    marks: ['afterwards'],
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
    marks: ['afterwards'],
    data: z.strictObject({ masked: Count }),
  },
  flags: {
    about: 'The flags of the run (Rule of Two) as they are from here on.',
    ...plain,
    data: z.strictObject({ untrusted: z.boolean(), private: z.boolean(), outward: z.boolean() }),
  },
} as const satisfies Record<string, EventKind>;
