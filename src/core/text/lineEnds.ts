/**
 * Line ends that an edit does not mean stay as they are. A model writes `\n`; in a file the same line may end with
 * `\r\n`, and in one file both may stand.
 */

const WITH_RETURN = /\r\n/g;

/** A text as it is read and edited: every line ends with `\n`. A carriage return alone stays: it ends no line. */
export function plainEnds(text: string): string {
  return text.replace(WITH_RETURN, '\n');
}

/** Whether every line of a text ends with `\r\n`, and there is one. */
export function hasReturnsOnly(text: string): boolean {
  return text.includes('\r\n') && !/(^|[^\r])\n/.test(text);
}

/** A text with pieces replaced: `from` and `to` count in its plain form, and `by` has plain ends. */
export interface Piece {
  readonly from: number;
  readonly to: number;
  readonly by: string;
}

/** The text with each piece replaced; ends of lines that stay are as they were, new ones as those around them. */
export function withPieces(text: string, pieces: readonly Piece[]): string {
  const returns = returnsIn(text);
  const at = (plain: number): number => plain + countBelow(returns, plain);
  let result = '';
  let reached = 0;
  for (const { from, to, by } of pieces) {
    result += text.slice(reached, at(from));
    result += withEnds(by, text.slice(at(from), at(to)), endAround(text, at(from), at(to)));
    reached = at(to);
  }
  return result + text.slice(reached);
}

/** Where, in the plain form, a `\n` stands that has a `\r` before it in the text. Ascending. */
function returnsIn(text: string): number[] {
  const found: number[] = [];
  for (const { index } of text.matchAll(WITH_RETURN)) found.push(index - found.length);
  return found;
}

function countBelow(sorted: readonly number[], limit: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** How the line ends in which a piece stands, or the one before it; `\n` where there is none. */
function endAround(text: string, from: number, to: number): string {
  const next = text.indexOf('\n', to);
  const last = next === -1 ? text.lastIndexOf('\n', from - 1) : next;
  return text[last - 1] === '\r' ? '\r\n' : '\n';
}

/**
 * The new text with the ends of the old one. Lines at the beginning and at the end that stay keep theirs; a line in
 * between gets that of the old line in its place, or of the last one; `around` where the old text has no line end.
 */
function withEnds(by: string, old: string, around: string): string {
  if (!by.includes('\n')) return by;
  const ends = [...old.matchAll(/\r?\n/g)].map(([end]) => end);
  const [before, after] = [plainEnds(old).split('\n'), by.split('\n')];
  const shorter = Math.min(before.length, after.length);
  let [head, tail] = [0, 0];
  while (head < shorter && before[head] === after[head]) head += 1;
  while (tail < shorter - head && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail += 1;
  const endOf = (line: number): string => {
    const isTail = line >= after.length - tail;
    const place = isTail ? line + before.length - after.length : Math.min(line, ends.length - 1);
    return ends[line < head ? line : place] ?? around;
  };
  return after.map((line, index) => (index === after.length - 1 ? line : line + endOf(index))).join('');
}
