import type { Unseen } from '../../../../shared/block.ts';
import { countedBlanks } from '../../../../shared/cut.ts';
import { exact } from '../../../../shared/visible.ts';
import { UNENDED } from './hunks.ts';
import { endsOf, type ShownLine } from './longLine.ts';

/** Lines that go or come, as they are drawn, and what is not in them. */
export interface Drawn {
  readonly lines: readonly string[];
  readonly unseen: Unseen;
}

/** A line that goes or comes. `unended`: no line feed ends it. */
export interface SideLine extends ShownLine {
  readonly unended: boolean;
}

/** The lines of one side of a change in at most about `most` characters: of more, the beginning and the end. */
export function drawnSide(sign: '+' | '-', lines: readonly SideLine[], most: number): Drawn {
  const all = taken(sign, lines, most);
  if (all.drawn.length === lines.length) return { lines: all.drawn, unseen: all.unseen };
  const head = taken(sign, lines, Math.ceil((most * 2) / 3));
  const rest = lines.slice(head.drawn.length);
  const tail = taken(sign, rest.toReversed(), most - head.size);
  const between = rest.slice(0, rest.length - tail.drawn.length);
  const unseen = { lines: between.length, characters: sizeOf(between) };
  const what = `${sign === '+' ? 'added' : 'removed'} ${between.length === 1 ? 'line' : 'lines'}`;
  const mark = `[… ${between.length} ${what}, ${unseen.characters} characters, not shown …]`;
  add(unseen, head.unseen);
  add(unseen, tail.unseen);
  return {
    lines: [...head.drawn, ...(between.length === 0 ? [] : [mark]), ...tail.drawn.toReversed()],
    unseen,
  };
}

/** How many characters of a change some lines have. */
export function sizeOf(lines: readonly SideLine[]): number {
  return lines.reduce((sum, { text, unseen }) => sum + text.length + unseen, 0);
}

/** As many whole lines as there is room for; of one that is too long alone, its ends. */
function taken(sign: '+' | '-', lines: readonly SideLine[], most: number) {
  const unseen: Unseen = { lines: 0, characters: 0 };
  const drawn: string[] = [];
  let size = 0;
  for (const line of lines) {
    const room = most - size;
    // Written out, a line is never shorter than it is.
    if (room < LEAST || (drawn.length > 0 && line.text.length >= room)) break;
    const one = lineDrawn(sign, line, room);
    if (drawn.length > 0 && one.text.length >= room) break;
    drawn.push(one.text);
    size += one.text.length + 1;
    add(unseen, { lines: one.unseen > 0 ? 1 : 0, characters: one.unseen });
  }
  return { drawn, size, unseen };
}

/** The least of a line that is worth showing, in characters. */
const LEAST = 60;

function lineDrawn(sign: '+' | '-', line: SideLine, most: number): ShownLine {
  let room = most;
  for (;;) {
    const { text, unseen } = endsOf(line.text, room);
    const drawn = `${written(sign, text)}${line.unended ? UNENDED : ''}`;
    // Hidden characters take up to ten times their room.
    if (drawn.length <= 2 * most || room <= LEAST) return { text: drawn, unseen: unseen + line.unseen };
    room = Math.max(LEAST, Math.floor(room / 2));
  }
}

export function add(sum: Unseen, more: Unseen): void {
  sum.lines += more.lines;
  sum.characters += more.characters;
}

/** A line with its sign: blanks at its end are seen, long runs within it counted, for what follows is meant too. */
function written(sign: '+' | '-', body: string): string {
  const indent = /^[ \t]*/.exec(body)?.[0] ?? '';
  // Counted from the end: a pattern that looks for the last run tries each run of blanks again at each of its places.
  let to = body.length;
  while (to > indent.length && (body[to - 1] === ' ' || body[to - 1] === '\t')) to -= 1;
  const [text, end] = [body.slice(indent.length, to), body.slice(to)];
  if (text === '') return exact(`${sign}${end + indent === '' ? '' : blanks(indent + end)}`);
  return exact(
    `${sign}${indent.length > 200 ? blanks(indent) : indent}${countedBlanks(text)}${end === '' ? '' : blanks(end)}`,
  );
}

function blanks(run: string): string {
  return ` [${run.length} ${run.length === 1 ? 'blank' : 'blanks'}${run.includes('\t') ? ', tabs among them' : ''}]`;
}
