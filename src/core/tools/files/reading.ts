import { ToolFailure } from '../../outcome.ts';
import { MAX_TEXT } from '../../editedText.ts';
import { readable } from '../../grammar/textEdit.ts';
import type { Redactor } from '../../redaction/redactor.ts';
import { textBlocks, type TextBlock } from '../../text/textBlocks.ts';
import { keptWords, textFile } from '../../text/textFile.ts';
import type { ToolPorts } from '../ports.ts';
import type { CallContext } from '../tool.ts';
import { unsavedReadWords } from './inEditor.ts';

const MAX_LINES = 2000;
const MAX_LINE = 2000;
/** Characters of one result. */
export const MAX_CHARACTERS = 60_000;

export interface Range {
  start_line?: number | undefined;
  end_line?: number | undefined;
}

/** A part of a file as it is shown: numbered lines, and what is not among them. */
export interface ReadPart {
  text: string;
  /** How many secrets were masked in it. */
  masked: number;
  lines: number;
}

/** @throws ToolFailure */
export function refuseBackwards({ start_line, end_line }: Range): void {
  if (start_line !== undefined && end_line !== undefined && end_line < start_line)
    throw new ToolFailure(`end_line ${end_line} comes before start_line ${start_line}`);
}

/** Reads a text file, or a range of its lines, up to `most` characters. @throws ToolFailure */
export async function readPart(
  path: string,
  { start_line: first = 1, end_line }: Range,
  most: number,
  { context, ports }: { context: CallContext; ports: Pick<ToolPorts, 'folder' | 'redactor' | 'encodings'> },
): Promise<ReadPart> {
  const shown = context.scope.shown(path);
  const unsaved = await unsavedReadWords((one) => one === path, context);
  const { size } = await context.files.look(path, ports.folder, 'itself');
  const range = { first, last: Math.min(end_line ?? Infinity, first + MAX_LINES - 1), shown, most };
  if (size > MAX_TEXT) {
    const blocks = textBlocks({ path, shown }, context.files, ports.encodings);
    const { text, reached, masked, lines } = await rows(blocks, range, ports.redactor);
    const isAll = lines !== undefined && reached === lines;
    const rest = isAll ? '' : `[goes on after line ${reached}: ${size} bytes in all; read on by start_line]\n`;
    return { text: text + rest + unsaved, masked, lines: reached - first + 1 };
  }
  const file = await textFile(await context.files.read(path, MAX_TEXT), shown, ports.encodings);
  const lines = readable(path, file.text).split('\n');
  if (lines.at(-1) === '') lines.pop();
  const { text, reached, masked } = await rows([{ first: 1, lines, column: 0 }], range, ports.redactor);
  const kept = keptWords(file);
  return {
    text:
      (kept === undefined ? '' : `[${kept}: kept by edits, which write \\n]\n`) +
      (lines.length === 0 ? `${shown} is empty${unsaved && '\n'}` : text) +
      (reached < lines.length ? `[lines ${reached + 1} to ${lines.length} not shown]\n` : '') +
      unsaved,
    masked,
    lines: reached - first + 1,
  };
}

interface Rows {
  /** Numbered lines. */
  text: string;
  /** The last line that is among them, whole or cut. */
  reached: number;
  /** How many secrets were masked in them. */
  masked: number;
  /** How many lines there are in all, where the end was come to. */
  lines: number | undefined;
}

async function rows(
  blocks: AsyncIterable<TextBlock> | Iterable<TextBlock>,
  { first, last, shown, most }: { first: number; last: number; shown: string; most: number },
  redactor: Redactor,
): Promise<Rows> {
  const found: Rows = { text: '', reached: first - 1, masked: 0, lines: undefined };
  let lines = 0;
  for await (const block of blocks) {
    for (const [index, line] of block.lines.entries()) {
      const number = block.first + index;
      lines = number;
      if (number < first || number === found.reached) continue; // or another piece of a long line
      if (number > last) return found;
      const { text, masked } = redactor.mask(line);
      const row = `${number}\t${text.length > MAX_LINE ? `${text.slice(0, MAX_LINE)} [… line cut]` : text}\n`;
      if (found.text.length + row.length > most) return found;
      found.text += row;
      found.masked += masked;
      found.reached = number;
    }
  }
  if (first > Math.max(lines, 1)) throw new ToolFailure(`${shown} has ${lines} lines; there is no line ${first}`);
  return { ...found, lines };
}
