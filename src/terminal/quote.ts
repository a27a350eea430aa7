import { visible } from '../shared/visible.ts';
import { pieces } from './width.ts';

// Who speaks is told by the left edge. Oversign's own lines begin there; the words of a model, a repository or a
// program stand behind a mark, also where they are wrapped, so that none of them looks like a line of Oversign's.

const LEAST_ROOM = 10;

export interface Marks {
  /** Before a line. */
  line: string;
  /** Before what did not fit into the line above. */
  rest: string;
}

/** What the agent says. */
export const AGENT: Marks = { line: '│ ', rest: '┊ ' };
/** What a program put out, and parts of a card. */
export const WITHIN: Marks = { line: '  │ ', rest: '  ┊ ' };

/** The words of others, each line behind a mark. `columns`: of the terminal; undefined where nothing wraps lines. */
export function quoted(text: string, columns: number | undefined, marks: Marks = WITHIN): string[] {
  return visible(text)
    .split('\n')
    .flatMap((line) => wrapped(line, columns, marks));
}

/** A line of Oversign's own with words of others in it: what does not fit, and further lines, are set in. */
export function ownLine(text: string, columns: number | undefined): string {
  const [first = '', ...others] = visible(text).split('\n');
  const own = wrapped(first, columns, { line: '', rest: '    ' });
  return [...own, ...others.flatMap((line) => wrapped(line, columns, WITHIN))].join('\n');
}

function wrapped(line: string, columns: number | undefined, marks: Marks): string[] {
  // The marks may be drawn twice as wide where East Asian fonts are used; the last column is left free.
  const room =
    columns === undefined ? Infinity : Math.max(columns - 2 * marks.rest.trim().length - marks.rest.length, LEAST_ROOM);
  return pieces(line, room).map((piece, index) => (index === 0 ? marks.line : marks.rest) + piece);
}
