import type { Entry, RunView } from '../shared/runView.ts';
import { cutVisibly } from '../shared/cut.ts';
import { exact, visible, visibleLine } from '../shared/visible.ts';
import { ownLine, quoted } from './quote.ts';
import { SpokenText } from './spokenText.ts';

/** Lines of output that are printed: few of its beginning, and its end, where what went wrong mostly stands. */
const [FIRST_LINES, LAST_LINES] = [3, 12];
const LONGEST_LINE = 1000;
/** What may go with characters that are on their way: the first half of one, a joiner, a form. */
const UNFINISHED = /[\uD800-\uDBFF\p{Cf}\p{Default_Ignorable_Code_Point}]+$/u;

/** Prints a run as it goes: new words of the model as they come, a line per action when it is settled. */
export class Printer {
  readonly #write: (text: string) => void;
  readonly #columns: () => number | undefined;
  readonly #spoken: SpokenText;
  #index = 0;
  #shown = 0;
  readonly #settled = new Set<string>();

  /** `columns`: of the terminal; undefined where nothing wraps lines. */
  constructor(write: (text: string) => void, columns: () => number | undefined = () => undefined) {
    this.#write = write;
    this.#columns = columns;
    this.#spoken = new SpokenText(columns);
  }

  update(view: RunView): void {
    // What was left out meanwhile was done long ago.
    for (let at: number; (at = Math.max(this.#index, view.entriesBefore)) < view.entriesBefore + view.entries.length;) {
      this.#index = at;
      const entry = view.entries[at - view.entriesBefore];
      if (!entry || !this.#print(entry)) return;
      this.#index += 1;
      this.#shown = 0;
    }
  }

  /** True when the entry is finished, so that the next one can begin. */
  #print(entry: Entry): boolean {
    switch (entry.kind) {
      case 'user':
        return true;
      case 'assistant': {
        const text = visible(entry.streaming ? entry.text.replace(UNFINISHED, '') : entry.text);
        this.#write(this.#spoken.more(text.slice(this.#shown)));
        this.#shown = text.length;
        if (!entry.streaming) this.#write(this.#spoken.end());
        return !entry.streaming;
      }
      case 'action': {
        if (['deciding', 'waiting', 'running'].includes(entry.status)) return false;
        if (!this.#settled.has(entry.id)) {
          this.#settled.add(entry.id);
          this.#own(
            `[${entry.status}] ${visibleLine(entry.title)}${entry.verdict === 'deny' ? ` — ${visibleLine(entry.why ?? '')}` : ''}`,
          );
          if (entry.output !== undefined) this.#output(entry.output);
        }
        return true;
      }
      case 'notice':
        this.#own(`${entry.level}: ${exact(entry.text)}`);
        return true;
    }
  }

  #own(line: string): void {
    this.#write(`${ownLine(line, this.#columns())}\n`);
  }

  #output(output: string): void {
    const lines = output.split('\n');
    const left = lines.length - FIRST_LINES - LAST_LINES;
    const print = (part: readonly string[]): void => {
      const text = part.map((line) => cutVisibly(line, LONGEST_LINE)).join('\n');
      for (const line of quoted(text, this.#columns())) this.#write(`${line}\n`);
    };
    print(left > 1 ? lines.slice(0, FIRST_LINES) : lines);
    if (left <= 1) return;
    this.#own(`    [${left} lines are not printed here]`);
    print(lines.slice(-LAST_LINES));
  }
}
