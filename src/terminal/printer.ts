import type { Entry, RunView } from '../shared/runView.ts';
import { visible, visibleLine } from '../shared/visible.ts';

const OUTPUT_LINES = 12;

/** Prints a run as it goes: new words of the model as they come, a line per action when it is settled. */
export class Printer {
  readonly #write: (text: string) => void;
  #index = 0;
  #shown = 0;
  readonly #settled = new Set<string>();

  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  update(view: RunView): void {
    for (; this.#index < view.entries.length;) {
      const entry = view.entries[this.#index];
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
        // The first half of a character may come alone; the other half is on its way.
        const text = visible(entry.streaming ? entry.text.replace(/[\uD800-\uDBFF]$/, '') : entry.text);
        this.#write(text.slice(this.#shown));
        this.#shown = text.length;
        if (!entry.streaming) this.#write('\n');
        return !entry.streaming;
      }
      case 'action': {
        if (['deciding', 'waiting', 'running'].includes(entry.status)) return false;
        if (!this.#settled.has(entry.id)) {
          this.#settled.add(entry.id);
          this.#write(
            `[${entry.status}] ${visibleLine(entry.title)}${entry.verdict === 'deny' ? ` — ${visibleLine(entry.why ?? '')}` : ''}\n`,
          );
          if (entry.output !== undefined) this.#write(indented(entry.output));
        }
        return true;
      }
      case 'notice':
        this.#write(`${entry.level}: ${visible(entry.text)}\n`);
        return true;
    }
  }
}

function indented(output: string): string {
  const lines = visible(output).split('\n');
  const shown = lines.slice(0, OUTPUT_LINES).map((line) => `    ${line}\n`);
  if (lines.length > OUTPUT_LINES) shown.push(`    [${lines.length - OUTPUT_LINES} more lines]\n`);
  return shown.join('');
}
