import { madeNames } from '../shared/madeNames.ts';
import { outcomeWords } from '../shared/outcomeWords.ts';
import type { Entry, RunView } from '../shared/runView.ts';
import { cutVisibly } from '../shared/cut.ts';
import { usageWords } from '../shared/usageWords.ts';
import { exact, visible, visibleLine } from '../shared/visible.ts';
import { ownLine, quoted } from './quote.ts';
import { SpokenText } from './spokenText.ts';

/** Lines of output that are printed: few of its beginning, and its end, where what went wrong mostly stands. */
const [FIRST_LINES, LAST_LINES] = [3, 12];
const LONGEST_LINE = 1000;
const MARKS = { pending: '[ ]', in_progress: '[>]', completed: '[x]' } as const;
/** What may go with characters that are on their way: the first half of one, a joiner, a form. */
const UNFINISHED = /[\uD800-\uDBFF\p{Cf}\p{Default_Ignorable_Code_Point}]+$/u;

/** Prints a run as it goes: new words of the model as they come, a line per action when it is settled. */
export class Printer {
  readonly #write: (text: string) => void;
  readonly #columns: () => number | undefined;
  readonly #spoken: SpokenText;
  #index = 0;
  #shown = 0;
  #planned = '[]';
  readonly #settled = new Set<string>();
  #turn = 0;
  /** Actions that went on when others followed: their end is told when it comes. */
  readonly #goingOn = new Set<string>();

  /** `columns`: of the terminal; undefined where nothing wraps lines. */
  constructor(write: (text: string) => void, columns: () => number | undefined = () => undefined) {
    this.#write = write;
    this.#columns = columns;
    this.#spoken = new SpokenText(columns);
  }

  update(view: RunView): void {
    this.#endings(view);
    this.#plan(view.plan);
    // What was left out meanwhile was done long ago.
    for (let at: number; (at = Math.max(this.#index, view.entriesBefore)) < view.entriesBefore + view.entries.length;) {
      this.#index = at;
      const entry = view.entries[at - view.entriesBefore];
      if (!entry || !this.#print(entry)) return;
      this.#index += 1;
      this.#shown = 0;
    }
    this.#standing(view);
  }

  /** For a person at a terminal: where the run stands, once a turn. */
  #standing({ turn, maxTurns, usage }: RunView): void {
    if (turn === this.#turn || this.#columns() === undefined) return;
    if (turn > 1 && usage !== undefined && usage.tokens > 0)
      this.#own(`[turn ${turn} of ${maxTurns} · ${usageWords(usage)}]`);
    this.#turn = turn;
  }

  /** The steps where they are others than were printed, unless the agent is in the middle of a sentence. */
  #plan(plan: RunView['plan']): void {
    if (!plan || this.#shown > 0 || JSON.stringify(plan) === this.#planned) return;
    this.#planned = JSON.stringify(plan);
    for (const { step, status } of plan) this.#own(`  ${MARKS[status]} ${visibleLine(step)}`);
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
        if (entry.status === 'running' && entry.goesOn) {
          this.#goingOn.add(entry.id);
          this.#own(`[in the background] ${visibleLine(entry.title)}`);
          return true;
        }
        if (['deciding', 'waiting', 'running'].includes(entry.status)) return false;
        if (!this.#settled.has(entry.id)) this.#settle(entry);
        return true;
      }
      case 'notice':
        this.#own(`${entry.level}: ${exact(entry.text)}`);
        return true;
    }
  }

  /** Of actions that went on: those that are over by now, unless a reply is being printed. */
  #endings({ entries }: RunView): void {
    if (this.#goingOn.size === 0 || this.#shown > 0) return;
    for (const entry of entries)
      if (entry.kind === 'action' && entry.status !== 'running' && this.#goingOn.delete(entry.id)) this.#settle(entry);
  }

  #settle(entry: Extract<Entry, { kind: 'action' }>): void {
    this.#settled.add(entry.id);
    const outcome = entry.decidedBy === 'built-in' ? '' : outcomeWords(entry);
    const how = outcome === '' ? '' : ` · ${visibleLine(outcome)}`;
    const why = entry.verdict === 'deny' ? ` — ${visibleLine(entry.why ?? '')}` : '';
    this.#own(`[${entry.status}] ${visibleLine(entry.title)}${how}${why}`);
    if (entry.output !== undefined) this.#output(entry.output);
    if (entry.made) this.#own(`    Made: ${madeNames(entry.made)}`);
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
