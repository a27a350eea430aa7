import type { Plan } from '../../shared/plan.ts';
import type { RunStore } from '../audit/port.ts';
import { hasImages, withImageRoom } from './imageRoom.ts';
import type { Message, ToolCall } from '../models/port.ts';
import { isLeftOpen, LEFT_OPEN } from './leftOpen.ts';
import { SentContent } from './sentContent.ts';
import { saved, savedMessages, withEveryCallAnswered, type Saved } from './storedRun.ts';
import { WaitingMessages, type Said } from './waitingMessages.ts';

/** Said in place of a message where nobody has said one. */
export const CONTINUE = 'Continue.';

/** What is stored with it. */
type StoredWith = Pick<Saved, 'folder' | 'folders' | 'turn' | 'flags'>;

/** What was said in a run, and what waits to be said: it is all that a model is sent, and what a run goes on from. */
export class Conversation {
  /** Paths of files whose content is in the messages. */
  readonly contentOf: SentContent;
  /** The steps that the agent told last: they outlive whatever is left out of the messages. */
  plan: Plan = [];
  #task: string;
  #messages: Message[];
  readonly waiting: WaitingMessages;
  /** So many of the messages are stored. */
  #stored = 0;
  #storing: Promise<unknown> = Promise.resolve();

  /** `taken`: hears what a person said as it joins, unless it was heard before. */
  constructor(before: Saved | undefined, taken: (said: Said) => void) {
    this.waiting = new WaitingMessages(taken);
    this.#task = before?.task ?? '';
    this.#messages = before?.messages ?? [{ role: 'system', text: '' }];
    this.contentOf = new SentContent(before?.contentOf);
  }

  get task(): string {
    return this.#task;
  }

  get messages(): readonly Message[] {
    return this.#messages;
  }

  add(message: Message): void {
    this.#messages.push(message);
    // They are not stored: nothing is to be stored anew.
    if (hasImages(message)) this.#messages = withImageRoom(this.#messages);
  }

  /** Says what waits; false where nothing does. */
  takeQueued(): boolean {
    const queued = this.waiting.take();
    for (const { text, images } of queued) this.add({ role: 'user', text, ...(images && { images }) });
    return queued.length > 0;
  }

  /** Goes on with others in their place, which stand for the same. */
  replace(messages: Message[]): void {
    this.#replace(messages);
  }

  /** Answers calls that have no result as interrupted: no provider takes them otherwise. */
  close(): void {
    this.#replace(withEveryCallAnswered(this.#messages));
  }

  /** Calls that were not begun when the run was taken over: whoever goes on with it makes them. */
  leaveOpen(calls: readonly ToolCall[]): void {
    for (const { id, name } of calls) this.add({ role: 'tool', call: id, name, text: LEFT_OPEN, ended: 'interrupted' });
  }

  /** All calls of the last reply. */
  get lastCalls(): readonly ToolCall[] {
    return this.#messages.findLast((message) => message.role === 'assistant')?.calls ?? [];
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
    return this.lastCalls.filter(({ id }) => left.has(id));
  }

  /** Work begins, with a message or to go on. Whether it is the run's first, which gives it its task. */
  begin(message: Said | undefined): { isFirst: boolean } {
    const isFirst = this.#task === '';
    if (isFirst) this.#task = this.waiting.texts[0] ?? message?.text ?? '';
    this.close();
    this.takeQueued(); // what was said too late for the work before this
    if (message !== undefined) {
      const { text, images } = message;
      this.add({ role: 'user', text, ...(images && { images }) });
    }
    // Some providers refuse a conversation whose last words are the model's own.
    if (this.#messages.at(-1)?.role === 'assistant') this.add({ role: 'user', text: CONTINUE });
    return { isFirst };
  }

  /** What its model was told first; empty where that was nothing yet. */
  get prompt(): string {
    const [first] = this.#messages;
    return first?.role === 'system' ? first.text : '';
  }

  /** What stands before all that is said: where the model is, and what the project says. */
  introduce(prompt: string, project: readonly Message[]): void {
    this.#replace([{ role: 'system', text: prompt }, ...project, ...this.#messages.slice(1)]);
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
      const state = saved({
        task: this.#task,
        ...parts,
        contentOf: this.contentOf.entries,
        queued: this.waiting.texts,
      });
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
