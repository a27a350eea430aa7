/** Beyond these nothing is compared: the same line again and again takes a time that grows with their product. */
const MOST_LINES = 50_000;
const MOST_WANTED = 200;

/** As `read_file` writes lines. */
const NUMBERED = /^ *\d+\t/;

/**
 * What may be wrong with a text that does not occur, as far as that can be told by looking: what a model that copied it
 * does next. Says where lines stand, never what is in them.
 */
export function whyMissed(text: string, wanted: string): string {
  const parts = wanted.replace(/^\n+|\n+$/g, '').split('\n');
  if (parts.every((line) => NUMBERED.test(line)))
    return 'it begins with the line numbers of read_file, which are no part of the file: leave them out';
  const lines = text.split('\n');
  if (lines.length > MOST_LINES || parts.length > MOST_WANTED) return 'read the file again';
  const spaced = placesOf(lines.map(withoutSpace), parts.map(withoutSpace));
  const [only, ...more] = spaced;
  if (only !== undefined && more.length === 0)
    return `${linesWords(only, parts.length)} differ from it in white space alone; read them again`;
  const [first, ...others] = placesOf(lines, parts.slice(0, 1));
  if (parts.length > 1 && first !== undefined && others.length === 0)
    return `its first line is line ${first + 1}, and what follows there is different; read it again from there`;
  return 'read the file again';
}

/** Where these lines stand one after the other, at most two places. */
function placesOf(lines: readonly string[], wanted: readonly string[]): number[] {
  const found: number[] = [];
  if (wanted.every((line) => line.trim() === '')) return found;
  for (let at = 0; at + wanted.length <= lines.length && found.length < 2; at += 1)
    if (wanted.every((line, index) => lines[at + index] === line)) found.push(at);
  return found;
}

function withoutSpace(line: string): string {
  return line.replace(/\s+/g, '');
}

function linesWords(at: number, count: number): string {
  return count === 1 ? `the characters of line ${at + 1}` : `lines ${at + 1} to ${at + count}`;
}
