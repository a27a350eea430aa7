import type { Flags } from '../../shared/flow.ts';
import type { Json } from '../../shared/json.ts';
import type { Message, ToolCall } from '../models/port.ts';
import { SentContent } from './sentContent.ts';
import { saved, withEveryCallAnswered, type Saved } from './storedRun.ts';

/** Said of a call by this program alone: no tool's result has `interrupted` for its end. */
const LEFT_OPEN = 'Not done: the run was taken over before this began.';

function isLeftOpen(message: Message): boolean {
  return message.role === 'tool' && message.ended === 'interrupted' && message.text === LEFT_OPEN;
}

/** What was said in a run, and what waits to be said: it is all that a model is sent, and what a run goes on from. */
export class Conversation {
  /** Paths of files whose content is in the messages. */
  readonly contentOf: SentContent;
  #task: string;
  #messages: Message[];
  readonly #queue: string[] = [];

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
    this.#messages = this.#messages.slice(0, first);
    const asked = this.#messages.findLast((message) => message.role === 'assistant');
    return asked?.calls.filter(({ id }) => left.has(id)) ?? [];
  }

  /** Work begins, with a message or to go on. Whether it is the run's first, which gives it its task. */
  begin(message: string | undefined): { isFirst: boolean } {
    const isFirst = this.#task === '';
    if (isFirst) this.#task = this.#queue[0] ?? message ?? '';
    this.#messages = withEveryCallAnswered(this.#messages);
    this.takeQueued(); // what was said too late for the work before this
    if (message !== undefined) this.add({ role: 'user', text: message });
    // Some providers refuse a conversation whose last words are the model's own.
    if (this.#messages.at(-1)?.role === 'assistant') this.add({ role: 'user', text: 'Continue.' });
    return { isFirst };
  }

  saved({ folder, turn, flags }: { folder: string; turn: number; flags: Flags }): Json {
    return saved({
      task: this.#task,
      folder,
      turn,
      contentOf: this.contentOf.entries,
      flags,
      // What waits for the next turn is part of what was said.
      messages: [...this.#messages, ...this.#queue.map((text) => ({ role: 'user' as const, text }))],
    });
  }
}
