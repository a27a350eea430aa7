import { cutVisibly } from '../../../shared/cut.ts';
import { counted } from '../../../shared/named.ts';
import { visibleLine } from '../../../shared/visible.ts';
import type { Cell, StatementResult } from '../../database/rows.ts';
import type { Redactor } from '../../redaction/redactor.ts';

/** Characters of one value, of one result, and how far columns are filled up. */
const [MOST_CELL, MOST_TEXT, MOST_WIDTH] = [1000, 40_000, 40];

export interface ResultText {
  text: string;
  masked: number;
}

/** What statements gave, as tables for model and person. Values are masked before anything of them is cut. */
export function resultText(results: readonly StatementResult[], redactor: Redactor): ResultText {
  let masked = 0;
  let left = MOST_TEXT;
  const parts = results.map((result, index) => {
    const { lines, masked: here, left: after } = tableOf(result, redactor, left);
    masked += here;
    left = after;
    return [...(results.length === 1 ? [] : [`Statement ${index + 1}:`]), ...lines].join('\n');
  });
  return { text: parts.join('\n'), masked };
}

function tableOf(
  { columns, rows, more, changed, alsoChanged }: StatementResult,
  redactor: Redactor,
  most: number,
): { lines: string[]; masked: number; left: number } {
  let masked = 0;
  const clear = (cell: Cell): string => {
    const words = cellText(cell, redactor);
    masked += words.masked;
    return words.text;
  };
  const changes = changed + alsoChanged === 0 ? [] : [changedWords(changed, alsoChanged)];
  if (columns.length === 0) return { lines: changes.length === 0 ? ['Done.'] : changes, masked, left: most };
  const head = columns.map((name) => clear(name));
  const table = rows.map((row) => row.map(clear));
  const widths = head.map((name, column) =>
    Math.min(MOST_WIDTH, Math.max(3, ...[name, ...table.map((row) => row[column] ?? '')].map(({ length }) => length))),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const lines = [line(head), `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`];
  let left = most;
  let shown = 0;
  for (const row of table) {
    const text = line(row);
    if (text.length > left) break;
    left -= text.length;
    lines.push(text);
    shown += 1;
  }
  return { lines: [...lines, countWords({ shown, rows: rows.length, more }), ...changes], masked, left };
}

function countWords({ shown, rows, more }: { shown: number; rows: number; more: boolean }): string {
  if (shown < rows) return `[${shown} rows are shown; the others are too long. Ask for fewer columns or rows]`;
  return more ? `[the first ${counted(rows, 'row')}; there are more]` : `[${counted(rows, 'row')}]`;
}

/** "3 rows changed, and 12 by triggers and references". */
export function changedWords(changed: number, alsoChanged: number): string {
  const also = alsoChanged === 0 ? '' : `, and ${counted(alsoChanged, 'row')} by triggers and references`;
  return `${counted(changed, 'row')} changed${also}`;
}

function cellText(cell: Cell, redactor: Redactor): { text: string; masked: number } {
  if (cell === null) return { text: 'NULL', masked: 0 };
  const [whole, length] = typeof cell === 'string' ? [cell, cell.length] : [cell.head, cell.length];
  const { text, masked } = redactor.mask(whole);
  const shown = visibleLine(cutVisibly(text, MOST_CELL, 0)).replaceAll('|', '\\|');
  return { text: typeof cell === 'string' ? shown : `${shown}[${length} characters in all]`, masked };
}
