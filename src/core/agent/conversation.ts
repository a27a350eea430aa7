import type { Flags } from '../../shared/flow.ts';
import type { FolderMark } from '../../shared/folderMark.ts';
import type { Json } from '../../shared/json.ts';
import type { Message } from '../models/port.ts';
import { SentContent } from './sentContent.ts';
import { saved, withEveryCallAnswered, type Saved } from './storedRun.ts';

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

  saved({ folders, turn, flags }: { folders: readonly FolderMark[]; turn: number; flags: Flags }): Json {
    return saved({
      task: this.#task,
      folder: folders[0]?.path ?? '',
      folders,
      turn,
      contentOf: this.contentOf.entries,
      flags,
      // What waits for the next turn is part of what was said.
      messages: [...this.#messages, ...this.#queue.map((text) => ({ role: 'user' as const, text }))],
    });
  }
}
