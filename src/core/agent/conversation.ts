import type { RunStore } from '../audit/port.ts';
import type { Message, ToolCall } from '../models/port.ts';
import { withRoom } from './conversationRoom.ts';
import { isLeftOpen, LEFT_OPEN } from './leftOpen.ts';
import { SentContent } from './sentContent.ts';
import { saved, savedMessages, withEveryCallAnswered, type Saved } from './storedRun.ts';

/** What is stored with it. */
type StoredWith = Pick<Saved, 'folder' | 'folders' | 'turn' | 'flags'>;

/** What was said in a run, and what waits to be said: it is all that a model is sent, and what a run goes on from. */
export class Conversation {
  /** Paths of files whose content is in the messages. */
  readonly contentOf: SentContent;
  #task: string;
  #messages: Message[];
  readonly #queue: string[] = [];
  /** So many of the messages are stored. */
  #stored = 0;
  #storing: Promise<unknown> = Promise.resolve();

  constructor(prompt: string, before?: Saved) {
    this.#task = before?.task ?? '';
    this.#messages = before?.messages ?? [{ role: 'system', text: prompt }];
    this.contentOf = new SentContent(before?.contentOf);
  }

  get task(): string {
    return this.#task;
  }

  get messages(): readonly Message[] {
    return this.#messages;
  }

  get waits(): boolean {
    return this.#queue.length > 0;
  }

  add(message: Message): void {
    this.#messages.push(message);
  }

  /** Joins at the next turn. */
  queue(text: string): void {
    this.#queue.push(text);
  }

  /** It could not be said: it is the first that is said at the next try. */
  putBack(text: string): void {
    this.#queue.unshift(text);
  }

  /** Says what waits; false where nothing does. */
  takeQueued(): boolean {
    const queued = this.#queue.splice(0);
    for (const text of queued) this.add({ role: 'user', text });
    return queued.length > 0;
  }

  /** Leaves out what the oldest calls returned, where it has grown long; how many. */
  makeRoom(): number {
    const room = withRoom(this.#messages);
    if (room) this.#replace(room.messages);
    return room?.leftOut ?? 0;
  }

  /** Calls that were not begun when the run was taken over: whoever goes on with it makes them. */
  leaveOpen(calls: readonly ToolCall[]): void {
    for (const { id, name } of calls) this.add({ role: 'tool', call: id, name, text: LEFT_OPEN, ended: 'interrupted' });
  }

  /** The calls that were left open, where nothing was said since; they have no answer any more. */
  takeLeftOpen(): ToolCall[] {
    const first = this.#messages.findLastIndex((message) => !isLeftOpen(message)) + 1;
    const left = new Set(
      this.#messages.slice(first).flatMap((message) => (message.role === 'tool' ? message.call : [])),
    );
    // What was stored of it is not there any more.
    this.#stored = Math.min(this.#stored, first);
    this.#messages = this.#messages.slice(0, first);
    const asked = this.#messages.findLast((message) => message.role === 'assistant');
    return asked?.calls.filter(({ id }) => left.has(id)) ?? [];
  }

  /** Work begins, with a message or to go on. Whether it is the run's first, which gives it its task. */
  begin(message: string | undefined): { isFirst: boolean } {
    const isFirst = this.#task === '';
    if (isFirst) this.#task = this.#queue[0] ?? message ?? '';
    this.#replace(withEveryCallAnswered(this.#messages));
    this.takeQueued(); // what was said too late for the work before this
    if (message !== undefined) this.add({ role: 'user', text: message });
    // Some providers refuse a conversation whose last words are the model's own.
    if (this.#messages.at(-1)?.role === 'assistant') this.add({ role: 'user', text: 'Continue.' });
    return { isFirst };
  }

  /** Stores what came since it was stored last. */
  store(store: Pick<RunStore, 'growTranscript'>, run: string, parts: StoredWith): Promise<void> {
    // One after the other: each says where the one before ended.
    const storing = this.#storing.then(() => this.#store(store, run, parts));
    this.#storing = storing.catch(() => undefined);
    return storing;
  }

  async #store(store: Pick<RunStore, 'growTranscript'>, run: string, parts: StoredWith): Promise<void> {
    for (const from of [this.#stored, 0]) {
      const messages = this.#messages.slice(from);
      const state = saved({ task: this.#task, ...parts, contentOf: this.contentOf.entries, queued: this.#queue });
      this.#stored = from + messages.length;
      if (await store.growTranscript(run, { state, from, added: savedMessages(messages) })) return;
    }
    throw new Error('a conversation that came whole was not stored');
  }

  /** Messages that were stored may be others from here on. */
  #replace(messages: Message[]): void {
    const same = messages.findIndex((message, index) => message !== this.#messages[index]);
    if (same !== -1) this.#stored = Math.min(this.#stored, same);
    this.#messages = messages;
  }
}
