import type { Entry } from '../../shared/runView.ts';
import type { CallUpdate } from '../tools/callRun.ts';
import { answerOf, deciderOf } from './decider.ts';
import { shownOutput, shownReply } from './shownText.ts';

const MOST_ENTRIES = 10_000;
/** Characters of all entries. One entry that is longer stands alone. */
const MOST_CHARACTERS = 4_000_000;
/** Characters of pictures, which push out no words. */
const MOST_PICTURES = 3_000_000;

/** What the watcher sees of a run: one entry a message, one entry an action. Of a long run its end is kept; the log has all of it. */
export class Transcript {
  readonly #entries: Entry[] = [];
  #before = 0;
  #characters = 0;

  /** How many entries are left out. */
  get before(): number {
    return this.#before;
  }

  get entries(): Entry[] {
    return [...this.#entries];
  }

  add(entry: Entry): void {
    this.#set(this.#entries.length, entry);
  }

  /** Shows the reply so far; the same entry grows until it is final. */
  assistant(text: string, { streaming, turn }: { streaming: boolean; turn: number }): void {
    const last = this.#entries.at(-1);
    const isSame = last?.kind === 'assistant' && last.streaming;
    if (isSame || text !== '')
      this.#set(this.#entries.length - (isSame ? 1 : 0), shownReply(text, { streaming, turn }));
  }

  /** Nothing streams any more: a reply that was cut off stays as far as it came. */
  settle(): void {
    const last = this.#entries.at(-1);
    if (last?.kind === 'assistant' && last.streaming)
      this.#set(this.#entries.length - 1, { ...last, streaming: false });
  }

  action(update: CallUpdate): void {
    const index = this.#entries.findLastIndex((entry) => entry.kind === 'action' && entry.id === update.id);
    const before = this.#entries[index];
    const { edited, ...known }: Partial<Extract<Entry, { kind: 'action' }>> = before?.kind === 'action' ? before : {};
    const isEdited = update.isEdited ?? edited === true;
    this.#set(index === -1 ? this.#entries.length : index, {
      ...known,
      kind: 'action',
      id: update.id,
      tool: update.tool,
      title: update.title ?? known.title ?? update.tool,
      ...(update.ran !== undefined && { ran: update.ran }),
      status: update.status,
      ...(update.looks && { looks: update.looks }),
      ...(isEdited && { edited: true as const }),
      ...(update.goesOn && { goesOn: update.goesOn }),
      ...(update.decision && {
        verdict: update.decision.verdict,
        why: update.decision.reason,
        ...deciderOf(update.decision),
      }),
      ...(update.answered && answerOf(update.answered)),
      ...(update.exit !== undefined && { exit: update.exit }),
      ...(update.durationMs !== undefined && { durationMs: update.durationMs }),
      ...(update.output !== undefined && shownSoFar(update.status, update.output)),
      ...(update.made && { made: update.made }),
    });
    if (update.made) this.#keepPictures();
  }

  /** Of the newest entries; an older one only names what it made. */
  #keepPictures(): void {
    let room = MOST_PICTURES;
    for (let index = this.#entries.length - 1; index >= 0; index -= 1) {
      const entry = this.#entries[index];
      if (entry?.kind !== 'action' || !entry.made) continue;
      room -= entry.made.files.reduce((sum, { picture }) => sum + (picture?.length ?? 0), 0);
      if (room >= 0) continue;
      const files = entry.made.files.map(({ picture: _, ...file }) => file);
      this.#entries[index] = { ...entry, made: { ...entry.made, files } };
    }
  }

  #set(index: number, entry: Entry): void {
    this.#characters += lengthOf(entry) - (index < this.#entries.length ? lengthOf(this.#entries[index]) : 0);
    this.#entries[index] = entry;
    while (this.#entries.length > MOST_ENTRIES || (this.#characters > MOST_CHARACTERS && this.#entries.length > 1)) {
      this.#characters -= lengthOf(this.#entries.shift());
      this.#before += 1;
    }
  }
}

/** The log has an output when its action is over: till then there is no more to be had than is shown. */
function shownSoFar(status: CallUpdate['status'], output: string): ReturnType<typeof shownOutput> {
  const shown = shownOutput(output);
  return status === 'running' ? { output: shown.output } : shown;
}

function lengthOf(entry: Entry | undefined): number {
  switch (entry?.kind) {
    case undefined:
      return 0;
    case 'action':
      return (
        entry.title.length +
        (entry.ran?.length ?? 0) +
        (entry.why?.length ?? 0) +
        (entry.said?.length ?? 0) +
        (entry.output?.length ?? 0)
      );
    case 'user':
    case 'assistant':
    case 'notice':
      return entry.text.length;
  }
}

/** What a person said, as the transcript has it. `message`: its number in the log, where it has one. */
export function spokenEntry(text: string, run: string, message: number | undefined): Entry {
  return { kind: 'user', text, ...(message !== undefined && { point: { run, message } }) };
}
