import * as z from 'zod';
import { FlagsSchema } from '../../shared/flow.ts';
import { FolderMarkSchema, type FolderMark } from '../../shared/folderMark.ts';
import { isJsonObject, type Json } from '../../shared/json.ts';
import { withoutImages } from './imageRoom.ts';
import type { Message, ToolCall } from '../models/port.ts';

/** What is written. It counts up with each change that an earlier reader would misread or refuse. */
const VERSION = 4;

const KeptSchema = z.strictObject({ from: z.string(), json: z.string() });
const CallSchema = z.strictObject({
  id: z.string(),
  name: z.string(),
  arguments: z.string(),
  kept: KeptSchema.optional(),
});
const CompactedSchema = z.strictObject({
  replies: z.int().min(0).max(1_000_000),
  said: z.array(z.string()),
  plan: z.string().optional(),
  decisions: z.array(z.string()),
  denials: z.array(z.strictObject({ words: z.string(), calls: z.array(z.string()) })),
  actions: z.array(z.string()),
  summary: z.string(),
});
const MessageSchema = z.discriminatedUnion('role', [
  z.strictObject({ role: z.literal('system'), text: z.string() }),
  /** `project` and `compacted` since version 4. */
  z.strictObject({
    role: z.literal('user'),
    text: z.string(),
    project: z.string().optional(),
    compacted: CompactedSchema.optional(),
  }),
  z.strictObject({
    role: z.literal('assistant'),
    text: z.string(),
    calls: z.array(CallSchema),
    /** With that of the calls, since version 2. */
    kept: KeptSchema.optional(),
  }),
  z.strictObject({
    role: z.literal('tool'),
    call: z.string(),
    name: z.string(),
    text: z.string(),
    /** Absent in runs of earlier versions. */
    ended: z.enum(['done', 'failed', 'denied', 'cancelled', 'interrupted']).optional(),
  }),
]);
const SavedSchema = z.strictObject({
  /** The first that were stored had none. */
  version: z.literal([1, 2, 3, VERSION]).default(1),
  task: z.string(),
  folder: z.string(),
  /** All of its folders, that one first, as they were found when it began or went on. Absent before version 4, and there in some of version 3. */
  folders: z.array(FolderMarkSchema).optional(),
  turn: z.number(),
  contentOf: z.array(z.string()),
  /** Absent in runs of earlier versions: all three are taken for lit. */
  flags: FlagsSchema.default({ untrusted: true, private: true, outward: true }),
  messages: z.array(MessageSchema),
  /** What waits for the next turn; up to version 2 it was the last of the messages. */
  queued: z.array(z.string()).default([]),
});
export type Saved = Omit<z.infer<typeof SavedSchema>, 'version' | 'queued' | 'folders'> & {
  folders: readonly FolderMark[];
};

/** A run as it is stored for *Resume*. */
export function saved(state: Omit<Saved, 'messages'> & { queued: readonly string[] }): Json {
  return plain({ ...state, version: VERSION });
}

/** Messages as they are stored with it. */
export function savedMessages(messages: readonly Message[]): Json[] {
  return messages.map((message) => plain(withoutImages(message)));
}

/** The same without members that are undefined, which JSON does not know. Long texts are not copied. */
function plain(value: unknown): Json {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value as Json;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(members.map(([key, member]) => [key, plain(member)]));
}

export type StoredRun = { ok: true; saved: Saved } | { ok: false; problem: string };

/** THE reader of stored runs, of every version; what it cannot read it names, and guesses nothing. */
export function readRun(value: Json): StoredRun {
  const version = isJsonObject(value) && Object.hasOwn(value, 'version') ? value['version'] : undefined;
  if (typeof version === 'number' && Number.isInteger(version) && version > VERSION)
    return {
      ok: false,
      problem: `This run was stored by a later version of Oversign (format ${version}; this one reads up to ${VERSION}). Update Oversign to go on with it.`,
    };
  const parsed = SavedSchema.safeParse(value);
  if (!parsed.success) return { ok: false, problem: 'This run cannot be resumed: its transcript is damaged.' };
  const { version: _, queued, ...state } = parsed.data;
  const folders = state.folders ?? [{ path: state.folder }];
  const waiting = queued.map((text) => ({ role: 'user' as const, text }));
  return { ok: true, saved: { ...state, folders, messages: [...withEveryCallAnswered(state.messages), ...waiting] } };
}

/** Calls that never got a result are answered as interrupted: providers refuse a conversation with open calls. */
export function withEveryCallAnswered(messages: readonly Message[]): Message[] {
  const whole: Message[] = [];
  let open: ToolCall[] = [];
  const close = (): void => {
    for (const { id, name } of open)
      whole.push({
        role: 'tool',
        call: id,
        name,
        text: 'Interrupted: it is not known to have happened. Look before you repeat it.',
        ended: 'interrupted',
      });
    open = [];
  };
  for (const message of messages) {
    if (message.role === 'tool') open = open.filter(({ id }) => id !== message.call);
    else close();
    whole.push(message);
    if (message.role === 'assistant') open = message.calls;
  }
  close();
  return whole;
}
