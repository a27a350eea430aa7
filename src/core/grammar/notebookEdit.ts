import { findNodeAtLocation, parseTree } from 'jsonc-parser';
import { withoutMark } from './json.ts';
import { cellsOf, type Cell } from './notebook.ts';

/** The line above each cell: `# %% [code] cell 3`. One without a number begins a new cell. */
const HEAD = /^# %% \[(code|markdown|raw)\](?: cell (\d+))?(?: \(.*\))?$/;

interface WantedCell {
  readonly kind: string;
  /** Which of the notebook's cells it is, counted from 0; undefined for a new one. */
  readonly index: number | undefined;
  readonly source: string;
}

/**
 * A notebook whose cells are what a text says (`notebookText`, edited): other sources, new cells, others gone or moved.
 * Every other character of the file stays as it is. Undefined where the text does not say what the cells are.
 */
export function withCells(text: string, view: string): string | undefined {
  const cells = cellsOf(text);
  const wanted = cells && wantedIn(view, cells);
  if (!cells || !wanted) return undefined;
  const sameOrder = wanted.length === cells.length && wanted.every(({ index }, at) => index === at);
  if (sameOrder) {
    let result = text;
    for (const [at, cell] of [...cells.entries()].reverse())
      result =
        result.slice(0, cell.whole.from) + cellText(text, cell, wanted[at]?.source ?? '') + result.slice(cell.whole.to);
    return result;
  }
  return rebuilt(text, cells, wanted);
}

/** Whether the lines that name cells can be told from what stands in the cells. */
export function isUnmistakable(cells: readonly Cell[]): boolean {
  return cells.every(({ source }) => !source.split('\n').some((line) => HEAD.test(line)));
}

function wantedIn(view: string, cells: readonly Cell[]): WantedCell[] | undefined {
  const wanted: { kind: string; index: number | undefined; lines: string[] }[] = [];
  for (const line of view.replace(/\n$/, '').split('\n')) {
    const [, kind, number] = HEAD.exec(line) ?? [];
    if (kind !== undefined) {
      const index = number === undefined ? undefined : Number(number) - 1;
      const old = index === undefined ? undefined : cells[index];
      const isOld = old?.kind === kind && !wanted.some((other) => other.index === index);
      wanted.push({ kind, index: isOld ? index : undefined, lines: [] });
    } else if (wanted.length > 0) wanted.at(-1)?.lines.push(line);
    else if (line !== '') return undefined;
  }
  return wanted.map(({ kind, index, lines }) => {
    const source = lines.map((line) => `${line}\n`).join('');
    const before = index === undefined ? undefined : cells[index]?.source;
    // Each cell ends with a line feed in the view, whether its source does or not.
    return { kind, index, source: before?.endsWith('\n') === true ? source : source.replace(/\n$/, '') };
  });
}

function cellText(text: string, cell: Cell, source: string): string {
  if (source === cell.source) return text.slice(cell.whole.from, cell.whole.to);
  const written = text.slice(cell.sourceAt.from, cell.sourceAt.to);
  return (
    text.slice(cell.whole.from, cell.sourceAt.from) +
    sourceText(source, written) +
    text.slice(cell.sourceAt.to, cell.whole.to)
  );
}

/** In the form that the source had: a text or a list of lines, on one line or on lines of their own. */
function sourceText(source: string, written: string): string {
  if (!written.startsWith('[')) return JSON.stringify(source);
  const lines = (source.match(/[^\n]*\n|[^\n]+$/g) ?? []).map((line) => JSON.stringify(line));
  if (lines.length === 0) return '[]';
  const indent = /^\[(\r?\n[ \t]*)/.exec(written)?.[1];
  const last = /(\r?\n[ \t]*)\]$/.exec(written)?.[1];
  if (indent === undefined || last === undefined) return `[${lines.join(', ')}]`;
  return `[${lines.map((line) => indent + line).join(',')}${last}]`;
}

function rebuilt(text: string, cells: readonly Cell[], wanted: readonly WantedCell[]): string | undefined {
  const mark = text.length - withoutMark(text).length;
  const tree = parseTree(withoutMark(text));
  const list = tree && findNodeAtLocation(tree, ['cells']);
  if (!list) return undefined;
  const [from, to] = [mark + list.offset + 1, mark + list.offset + list.length - 1];
  const [first, last] = [cells[0], cells.at(-1)];
  const lead = first ? text.slice(from, first.whole.from) : '\n  ';
  const end = last ? text.slice(last.whole.to, to) : '\n ';
  const minor: unknown = findNodeAtLocation(tree, ['nbformat_minor'])?.value;
  const ids = new Set(cells.flatMap(({ id }) => (id === undefined ? [] : [id])));
  const texts = wanted.map(({ kind, index, source }) => {
    const old = index === undefined ? undefined : cells[index];
    if (old) return cellText(text, old, source);
    return newCell({ kind, source, lead, id: Number(minor) >= 5 ? newId(ids) : undefined });
  });
  const body = texts.length === 0 ? '' : `${lead}${texts.join(`,${lead}`)}${end}`;
  return text.slice(0, from) + body + text.slice(to);
}

function newId(taken: Set<string>): string {
  let number = taken.size + 1;
  while (taken.has(`cell-${number}`)) number += 1;
  taken.add(`cell-${number}`);
  return `cell-${number}`;
}

/** A cell that was not there, on lines of its own where the others are. */
function newCell(cell: { kind: string; source: string; lead: string; id: string | undefined }): string {
  const { kind, source, lead, id } = cell;
  const value = {
    cell_type: kind,
    ...(kind === 'code' && { execution_count: null }),
    ...(id !== undefined && { id }),
    metadata: {},
    ...(kind === 'code' && { outputs: [] }),
    source: source.match(/[^\n]*\n|[^\n]+$/g) ?? [],
  };
  if (!lead.includes('\n')) return JSON.stringify(value);
  // Cells stand two levels deep.
  const indent = lead.slice(lead.lastIndexOf('\n') + 1);
  const step = indent.slice(0, Math.max(1, Math.floor(indent.length / 2)));
  return JSON.stringify(value, null, step).replaceAll('\n', `\n${indent}`);
}
