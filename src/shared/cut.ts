/** Runs of blanks that are counted instead of shown: what follows them would be out of sight. */
const LONG_BLANKS = /[ \t]{17,}/g;

/** Long runs of blanks, as a count in their place: `a [500 blanks] b`. Line feeds stay as they are. */
export function countedBlanks(text: string): string {
  return text.replace(LONG_BLANKS, (run) => ` [${run.length} blanks] `);
}

/**
 * At most `most` characters of a text (and the count of what is left out), never cut in silence: its beginning and
 * its end stay, for what matters may stand at either. `end`: how much of that is for its end.
 */
export function cutVisibly(text: string, most: number, end = Math.floor(most / 3)): string {
  if (text.length <= most) return text;
  const head = wholeCharacters(text.slice(0, most - end));
  const tail = wholeCharacters(text.slice(text.length - end));
  const left = text.length - head.length - tail.length;
  return `${head}[… ${left} more ${left === 1 ? 'character' : 'characters'} …]${tail}`;
}

/** A text as the title of something: its first line, blanks counted, and how many lines there are beside it. */
export function titleOf(text: string, most: number): string {
  const [first = '', ...others] = text.trim().split('\n');
  const rest = others.length === 0 ? '' : ` [… ${others.length} more ${others.length === 1 ? 'line' : 'lines'}]`;
  return `${cutVisibly(countedBlanks(first), most)}${rest}`;
}

/** Half a character at either end goes. */
function wholeCharacters(text: string): string {
  return text.replace(/^[\uDC00-\uDFFF]/, '').replace(/[\uD800-\uDBFF]$/, '');
}
