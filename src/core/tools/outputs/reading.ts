import type { OutputSoFar } from './recorder.ts';

/** Which lines of an output, counted from 1, and how many characters of them at most. */
export interface Range {
  from: number;
  lines: number;
  /** Where in the first line, counted from 1. */
  column: number;
  most: number;
}

/** A part of an output. */
export interface OutputPart {
  text: string;
  first: number;
  last: number;
  /** Where the next part begins; undefined at the end. */
  next?: { from: number; column: number };
}

/** How many lines there are, one that goes on among them. */
export function linesOf({ size, tail }: OutputSoFar): number {
  const isOpen = tail === '' ? size.isOpen : !tail.endsWith('\n');
  return size.lines + countOf(tail) + (isOpen ? 1 : 0);
}

/** Its text from the beginning of a line, as it is read. */
export async function* textFrom({ kept, size, tail }: OutputSoFar, line: number): AsyncIterable<string> {
  const inKept = Math.min(line, size.lines + 1);
  let passes = line - inKept;
  const behind = (text: string): string => {
    let at = 0;
    for (; passes > 0 && at < text.length; at += 1) if (text.charAt(at) === '\n') passes -= 1;
    return text.slice(at);
  };
  if (kept) for await (const chunk of kept.from(inKept, size.bytes)) yield behind(chunk);
  yield behind(tail);
}

/** So much of it from the beginning of the range. */
export async function readPart(output: OutputSoFar, { from, lines, column, most }: Range): Promise<OutputPart> {
  let text = '';
  let passed = column - 1;
  let left = lines;
  for await (const chunk of textFrom(output, from)) {
    let part = chunk;
    if (passed > 0) {
      const end = part.indexOf('\n');
      const skipped = Math.min(passed, end === -1 ? part.length : end);
      passed = end !== -1 && skipped === end ? 0 : passed - skipped;
      part = part.slice(skipped);
    }
    const end = endOfLines(part, left);
    left -= countOf(part.slice(0, end));
    text += part.slice(0, end);
    if (left === 0 || text.length > most) break;
  }
  const shown = text.length > most ? text.slice(0, most).replace(/[\uD800-\uDBFF]$/, '') : text;
  const last = from + countOf(shown) - (shown.endsWith('\n') ? 1 : 0);
  const next = nextOf({ shown, isCut: shown.length < text.length, from, column });
  const isOver = shown.length === text.length && next.from > linesOf(output);
  return { text: shown, first: from, last, ...(!isOver && { next }) };
}

/** The last lines of it, and of those the end where they are too long. */
export async function readEnd(output: OutputSoFar, lines: number, most: number): Promise<OutputPart> {
  const total = linesOf(output);
  const from = Math.max(1, total - lines + 1);
  let text = '';
  for await (const chunk of textFrom(output, from)) {
    text += chunk;
    if (text.length > 4 * most) text = text.slice(-2 * most);
  }
  const shown = text.length > most ? text.slice(-most).replace(/^[\uDC00-\uDFFF]/, '') : text;
  const first = total - countOf(shown.replace(/\n$/, ''));
  return { text: shown, first: Math.max(1, first), last: total };
}

function nextOf({ shown, isCut, from, column }: { shown: string; isCut: boolean; from: number; column: number }): {
  from: number;
  column: number;
} {
  const start = shown.lastIndexOf('\n') + 1;
  const line = from + countOf(shown);
  if (!isCut) return { from: shown.endsWith('\n') ? line : line + 1, column: 1 };
  return { from: line, column: (start === 0 ? column : 1) + shown.length - start };
}

/** Where the first `lines` line ends of a text are over. */
function endOfLines(text: string, lines: number): number {
  let at = 0;
  for (let left = lines; left > 0; left -= 1) {
    const end = text.indexOf('\n', at);
    if (end === -1) return text.length;
    at = end + 1;
  }
  return at;
}

export function countOf(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}
