const MOST_COLUMNS = 60;

/** Rows of cells as a table of Markdown, the first of them its head. */
export function tableLines(rows: readonly (readonly string[])[]): string {
  const filled = rows.filter((cells) => cells.some((cell) => cell !== ''));
  const [head, ...others] = filled;
  if (!head) return '';
  const width = Math.min(
    MOST_COLUMNS,
    filled.reduce((most, cells) => Math.max(most, cells.length), 0),
  );
  const line = (cells: readonly string[]): string =>
    `| ${Array.from({ length: width }, (_, at) => (cells[at] ?? '').replaceAll('|', '\\|')).join(' | ')} |`;
  const beyond = filled.some((cells) => cells.length > width) ? [`[only the first ${width} columns]`] : [];
  return [line(head), `|${' --- |'.repeat(width)}`, ...others.map(line), ...beyond].join('\n');
}
