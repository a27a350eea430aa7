import * as z from 'zod';
import type { Json } from '../../shared/json.ts';
import { cutVisibly } from '../../shared/cut.ts';
import { FlagsSchema } from '../../shared/flow.ts';
import type { Entry } from '../../shared/runView.ts';
import type { Message, ToolCall } from '../models/port.ts';
import type { CallUpdate } from '../tools/callRun.ts';

const MAX_ENTRY = 20_000;
const MAX_ENTRIES = 500;

/** What the watcher sees of a run: one entry a message, one entry an action. */
export class Transcript {
  #entries: Entry[] = [];

  /** How many entries are left out. */
  get before(): number {
    return Math.max(0, this.#entries.length - MAX_ENTRIES);
  }

  get entries(): Entry[] {
    return this.#entries.slice(-MAX_ENTRIES);
  }

  add(entry: Entry): void {
    this.#entries.push(entry);
  }

  /** Shows the reply so far; the same entry grows until it is final. */
  assistant(text: string, streaming: boolean): void {
    const last = this.#entries.at(-1);
    const entry: Entry = { kind: 'assistant', text: beginningOf(text, streaming), streaming };
    if (last?.kind === 'assistant' && last.streaming) this.#entries[this.#entries.length - 1] = entry;
    else if (text !== '') this.#entries.push(entry);
  }

  /** Nothing streams any more: a reply that was cut off stays as far as it came. */
  settle(): void {
    const last = this.#entries.at(-1);
    if (last?.kind === 'assistant' && last.streaming)
      this.#entries[this.#entries.length - 1] = { ...last, streaming: false };
  }

  action(update: CallUpdate): void {
    const index = this.#entries.findLastIndex((entry) => entry.kind === 'action' && entry.id === update.id);
    const before = this.#entries[index];
    const known = before?.kind === 'action' ? before : undefined;
    const entry: Entry = {
      kind: 'action',
      id: update.id,
      tool: update.tool,
      title: update.title ?? known?.title ?? update.tool,
      ...((update.ran ?? known?.ran) !== undefined && { ran: update.ran ?? known?.ran }),
      status: update.status,
      ...((update.decision ?? known?.verdict) !== undefined && {
        verdict: update.decision?.verdict ?? known?.verdict,
        why: update.decision?.reason ?? known?.why,
      }),
      ...((update.output ?? known?.output) !== undefined && {
        output: update.output === undefined ? known?.output : cutVisibly(update.output, MAX_ENTRY),
      }),
    };
    if (index === -1) this.#entries.push(entry);
    else this.#entries[index] = entry;
  }
}

/** What is shown of a reply already goes on standing there, and behind it what is left out. */
function beginningOf(text: string, streaming: boolean): string {
  const left = text.length - MAX_ENTRY;
  const shown = text.slice(0, MAX_ENTRY);
  return streaming || left <= 0 ? shown : `${shown}\n[… ${left} more ${left === 1 ? 'character' : 'characters'} …]`;
}

const CallSchema = z.strictObject({ id: z.string(), name: z.string(), arguments: z.string() });
const MessageSchema = z.discriminatedUnion('role', [
  z.strictObject({ role: z.literal('system'), text: z.string() }),
  z.strictObject({ role: z.literal('user'), text: z.string() }),
  z.strictObject({ role: z.literal('assistant'), text: z.string(), calls: z.array(CallSchema) }),
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
  version: z.literal(1),
  task: z.string(),
  folder: z.string(),
  turn: z.number(),
  contentOf: z.array(z.string()),
  /** Absent in runs of earlier versions: all three are taken for lit. */
  flags: FlagsSchema.default({ untrusted: true, private: true, outward: true }),
  messages: z.array(MessageSchema),
});
export type Saved = z.infer<typeof SavedSchema>;

/** A run as it is stored for *Resume*. Long texts are not copied: it is stored after every call. */
export function saved(state: Omit<Saved, 'version' | 'messages'> & { messages: readonly Message[] }): Json {
  return plain({ version: 1, ...state });
}

/** The same without members that are undefined, which JSON does not know. */
function plain(value: unknown): Json {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value as Json;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(members.map(([key, member]) => [key, plain(member)]));
}

/** Reads a stored run. */
export function restored(value: Json | undefined): Saved | undefined {
  const parsed = SavedSchema.safeParse(value);
  return parsed.success ? { ...parsed.data, messages: withEveryCallAnswered(parsed.data.messages) } : undefined;
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

/** The transcript of a stored run, as far as messages tell it. */
export function entriesOf(messages: Saved['messages']): Entry[] {
  return messages.flatMap((message): Entry[] => {
    switch (message.role) {
      case 'system':
        return [];
      case 'user':
        return [{ kind: 'user', text: message.text }];
      case 'assistant':
        return message.text === ''
          ? []
          : [{ kind: 'assistant', text: beginningOf(message.text, false), streaming: false }];
      case 'tool':
        return [
          {
            kind: 'action',
            id: message.call,
            tool: message.name,
            title: message.name,
            status: message.ended ?? 'unknown',
            output: cutVisibly(message.text, MAX_ENTRY),
          },
        ];
    }
  });
}
