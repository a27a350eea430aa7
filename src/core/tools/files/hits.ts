import { visibleLine } from '../../../shared/visible.ts';
import type { Redactor } from '../../redaction/redactor.ts';
import type { TextBlock } from '../../text/textBlocks.ts';
import type { Match, Matches } from '../textSearch.ts';

const MAX_HITS = 200;
const MAX_CHARACTERS = 60_000;
const MAX_LINE = 300;
/** Characters of a long line that are shown before what was found in it. */
const BEFORE = 80;
/** Lines of one hit that goes over several. */
const MAX_SPAN = 20;

/** How what is found is told: the lines, the files that have some, or how many each has. */
export const OUTPUTS = ['lines', 'files', 'count'] as const;

export interface HitOptions {
  output: (typeof OUTPUTS)[number];
  /** Lines before and after each hit. */
  context: number;
  /** Hits, or files, that are passed over. */
  offset: number;
}

/** A file that is searched, by its place and as it is shown. */
export interface SearchedFile {
  path: string;
  shown: string;
}

/** What a search has found, as lines of its result. A part of it is shown: from an offset on, and so much. */
export class Hits {
  readonly #options: HitOptions;
  readonly #redactor: Redactor;
  readonly #rows: string[] = [];
  readonly contentOf: string[] = [];
  #masked = 0;
  #characters = 0;
  /** Hits, or files, so far: those that are passed over, shown, and left. */
  #found = 0;
  #shown = 0;
  #inFile = 0;
  /** The last line of the present file that was found, and that is among the rows. */
  #line = 0;
  #reached = 0;

  constructor(options: HitOptions, redactor: Redactor) {
    this.#options = options;
    this.#redactor = redactor;
  }

  get rows(): readonly string[] {
    return this.#rows;
  }

  /** How many secrets were masked in the rows. */
  get masked(): number {
    return this.#masked;
  }

  get found(): number {
    return this.#found;
  }

  /** Found after what is shown. */
  get left(): number {
    return Math.max(0, this.#found - this.#options.offset - this.#shown);
  }

  /** So many matches of the next block are of use. */
  get wanted(): number {
    if (this.#options.output !== 'lines') return 0;
    return this.#isFull ? 0 : Math.max(0, this.#options.offset - this.#found) + MAX_HITS - this.#shown;
  }

  begin(): void {
    [this.#inFile, this.#line, this.#reached] = [0, 0, 0];
  }

  take(file: SearchedFile, block: TextBlock, { lines, count }: Matches): void {
    this.#inFile += count;
    if (this.#options.output !== 'lines') return;
    const shown: Match[] = [];
    for (const match of lines) {
      const number = block.first + match.line;
      if (number === this.#line && block.column > 0) continue; // another piece of a long line
      this.#line = number;
      this.#found += 1;
      if (this.#found <= this.#options.offset || this.#isFull) continue;
      this.#shown += 1;
      shown.push(match);
    }
    const columns = new Map(
      shown.flatMap((match) => linesOf(match).map((line) => [line, line === match.line ? match.column : 0])),
    );
    for (const match of shown) this.#show(file, block, { match, columns });
    this.#found += count - lines.length;
  }

  end({ path, shown }: SearchedFile): void {
    if (this.#inFile === 0) return;
    const { output, offset } = this.#options;
    if (output === 'lines') {
      if (this.#reached > 0) this.contentOf.push(path);
      return;
    }
    this.#found += 1;
    if (this.#found <= offset || this.#isFull) return;
    this.#shown += 1;
    this.contentOf.push(path);
    this.#add(output === 'files' ? visibleLine(shown) : `${visibleLine(shown)}: ${this.#inFile}`);
  }

  get #isFull(): boolean {
    return this.#shown >= MAX_HITS || this.#characters >= MAX_CHARACTERS;
  }

  /** The lines of a hit as `path:line: text`, those around it as `path-line- text`. */
  #show(
    { shown }: SearchedFile,
    block: TextBlock,
    { match, columns }: { match: Match; columns: ReadonlyMap<number, number> },
  ): void {
    const { context } = this.#options;
    const name = visibleLine(shown);
    const last = linesOf(match).at(-1) ?? match.line;
    const from = Math.max(0, match.line - context, this.#reached + 1 - block.first);
    if (context > 0 && this.#rows.length > 0 && block.first + from !== this.#reached + 1) this.#add('--');
    const end = block.lines.length - (block.lines.at(-1) === '' ? 2 : 1); // behind the last line end is no line
    for (let at = from; at <= Math.min(Math.max(end, last), last + context); at += 1) {
      const column = columns.get(at);
      const mark = column === undefined ? '-' : ':';
      this.#add(`${name}${mark}${block.first + at}${mark} ${this.#text(block, { line: at, column: column ?? 0 })}`);
      this.#reached = block.first + at;
    }
  }

  /** A line, masked before it is cut; of a long one what stands around the place. */
  #text(block: TextBlock, { line, column }: Match): string {
    const whole = block.lines[line] ?? '';
    const { text, masked } = this.#redactor.mask(whole);
    this.#masked += masked;
    const at = this.#redactor.text(whole.slice(0, column)).length;
    const from = at + BEFORE < MAX_LINE ? 0 : at - BEFORE;
    const before = from > 0 || block.column > 0 ? `[from column ${block.column + from + 1}] ` : '';
    const after = text.length > from + MAX_LINE ? ' [… line cut]' : '';
    return `${before}${text.slice(from, from + MAX_LINE)}${after}`;
  }

  #add(row: string): void {
    this.#rows.push(row);
    this.#characters += row.length;
  }
}

/** The lines that a match stands on, as many as are shown. */
function linesOf({ line, lastLine = line }: Match): number[] {
  return Array.from({ length: Math.min(lastLine - line, MAX_SPAN) + 1 }, (_, index) => line + index);
}
