import { cutVisibly } from '../../shared/cut.ts';
import type { Entry } from '../../shared/runView.ts';
import type { Message } from '../models/port.ts';
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

/** The transcript of a stored run, as far as messages tell it. */
export function entriesOf(messages: readonly Message[]): Entry[] {
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
