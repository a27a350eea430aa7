import * as z from 'zod';
import { ANSWERERS, STOPPERS } from './answered.ts';
import { ChangedPathSchema, EXTENTS } from './change.ts';
import { Digest, Count, Text, Reason, Nothing, from, plain } from './eventFields.ts';
import type { EventKind } from './eventKind.ts';
import { JsonSchema } from './json.ts';
import { NO_CALL_CAUSES } from './noCall.ts';

/** Events of one action, from its proposal to what came of it: a part of the table of events (eventTable.ts). */
export const ACTION_EVENTS = {
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
      'The answer (`save-first` approves nothing: what is unsaved in the editor is saved, and it is asked anew), who gave it (a person, and at which terminal or window; `input`: lines that lay ready in a pipe or file; `nobody`: none was there; or what took the question back: `cancelled`, the run was stopped, by a person where it says where), and after how many milliseconds. `unseen`: changed lines that were not in sight and were approved by their count.',
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
    marks: ['afterwards'],
    data: z.strictObject({ extent: z.enum(EXTENTS), paths: Count }),
    payload: z.strictObject({ paths: z.array(ChangedPathSchema) }),
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
