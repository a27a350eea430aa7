import { blockNodes, closing } from './blockNodes.ts';
import type { Block } from './node.ts';
import { isTooDeep, tokensOf } from './parser.ts';
import { calmed } from './unfinished.ts';

/** Characters of one message that are formatted, and tokens of it. What comes behind them is shown as it is written. */
const [MOST_FORMATTED, MOST_TOKENS] = [60_000, 12_000];

export const TOO_DEEP = 'Shown as written: it is nested too deeply to be formatted.';
export const TOO_LONG = 'Shown as written from here on: the message is too long to be formatted.';

/** One of the blocks that follow one another in a message. The same object as long as it is drawn the same. */
export interface TopBlock {
  /** Where it begins, in characters. */
  readonly at: number;
  readonly source: string;
  readonly blocks: readonly Block[];
  /** Tokens of the parser: how much it is to draw. */
  readonly size: number;
}

/**
 * A message that may still grow. What is finished of it is read once: with more words only the last block is read again
 * (and the one before, while its last line may still make something else of it).
 */
export class GrowingMarkdown {
  #source = '';
  #settled: readonly TopBlock[] = [];
  #size = 0;
  /** Where reading begins again. */
  #from = 0;
  #last: readonly TopBlock[] = [];
  #isStreaming = false;

  /** The blocks of the message as it stands now. */
  take(text: string, isStreaming: boolean): readonly TopBlock[] {
    const source = text.replace(/\r\n?/g, '\n');
    if (source === this.#source && isStreaming === this.#isStreaming) return this.#last;
    if (!source.startsWith(this.#source)) this.#begin();
    this.#source = source;
    this.#isStreaming = isStreaming;
    const known = new Map(this.#last.map((block) => [block.at, block]));
    const read = this.#read(source, isStreaming).map((block) => {
      const before = known.get(block.at);
      return before?.source === block.source && before.size === block.size ? before : block;
    });
    const all = [...this.#settled, ...read];
    this.#settle(read);
    this.#last = all;
    return all;
  }

  #begin(): void {
    [this.#settled, this.#size, this.#from, this.#last] = [[], 0, 0, []];
  }

  #read(source: string, isStreaming: boolean): TopBlock[] {
    const end = cutAt(source, Math.max(this.#from, MOST_FORMATTED));
    const written = source.slice(this.#from, end);
    const isWhole = end === source.length;
    const blocks = topBlocks(written, this.#from);
    if (isStreaming && isWhole) blocks.push(...calm(blocks.pop()));
    return bounded(blocks, source, { end, room: MOST_TOKENS - this.#size });
  }

  /** What cannot become anything else any more: all before the last block that began above the last two lines. */
  #settle(read: readonly TopBlock[]): void {
    const lastLines = this.#source.lastIndexOf('\n', this.#source.lastIndexOf('\n') - 1);
    const index = read.findLastIndex(({ at }) => at < lastLines);
    const from = read[index];
    if (!from || index === 0) return;
    const settled = read.slice(0, index);
    this.#settled = [...this.#settled, ...settled];
    this.#size += settled.reduce((sum, { size }) => sum + size, 0);
    this.#from = from.at;
  }
}

/** The block that is still being written, with what is open in it closed. Code is left as it is. */
function calm(last: TopBlock | undefined): TopBlock[] {
  if (!last) return [];
  if (endsInCode(last.blocks)) return [last];
  const source = calmed(last.source);
  return source === last.source ? [last] : topBlocks(source, last.at);
}

function endsInCode(blocks: readonly Block[]): boolean {
  const last = blocks.at(-1);
  switch (last?.kind) {
    case 'code':
    case 'plain':
      return true;
    case 'quote':
      return endsInCode(last.children);
    case 'list':
      return endsInCode(last.items.at(-1)?.children ?? []);
    default:
      return false;
  }
}

/** Not in the middle of a line, where there is one that ends. */
function cutAt(source: string, most: number): number {
  if (source.length <= most) return source.length;
  const line = source.lastIndexOf('\n', most);
  return line > most / 2 ? line + 1 : most;
}

/** As many blocks as there is room for; the rest of the message is one that is not formatted. */
function bounded(blocks: TopBlock[], source: string, { end, room }: { end: number; room: number }): TopBlock[] {
  let left = room;
  for (const [index, { at, size }] of blocks.entries()) {
    left -= size;
    if (left < 0) return [...blocks.slice(0, index), plainBlock(at, source.slice(at), TOO_LONG)];
  }
  return end === source.length ? blocks : [...blocks, plainBlock(end, source.slice(end), TOO_LONG)];
}

function plainBlock(at: number, source: string, why: string): TopBlock {
  return { at, source, blocks: [{ kind: 'plain', text: source, why }], size: 1 };
}

function topBlocks(written: string, offset: number): TopBlock[] {
  const tokens = tokensOf(written);
  const lines = lineStarts(written);
  const starts: { token: number; at: number }[] = [];
  for (let token = 0; token < tokens.length; token = closing(tokens, token) + 1)
    starts.push({ token, at: lines[tokens[token]?.map?.[0] ?? 0] ?? 0 });
  return starts.map(({ token, at }, index) => {
    const next = starts[index + 1];
    const own = tokens.slice(token, next?.token);
    const source = written.slice(at, next?.at);
    if (isTooDeep(own)) return plainBlock(offset + at, source, TOO_DEEP);
    const size = own.reduce((sum, { children }) => sum + 1 + (children?.length ?? 0), 0);
    return { at: offset + at, source, blocks: blockNodes(own), size };
  });
}

/** Where each line begins. */
function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}
