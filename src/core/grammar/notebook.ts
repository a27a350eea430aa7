import { findNodeAtLocation, parseTree, type Node } from 'jsonc-parser';
import { jsonProblem, withoutMark } from './json.ts';
import { problemAt, type Problem } from './problem.ts';

/** Where something stands in a text: `to` is behind it. */
export interface Place {
  readonly from: number;
  readonly to: number;
}

/** A cell of a Jupyter notebook (nbformat 4), and where it and its source stand in the file's text. */
export interface Cell {
  readonly kind: string;
  readonly source: string;
  readonly outputs: number;
  readonly id: string | undefined;
  readonly whole: Place;
  readonly sourceAt: Place;
}

/** What a Jupyter notebook needs for a program to open it: cells with a kind and a source each, and its version. */
export function notebookProblem(text: string): Problem | undefined {
  const wrong = jsonProblem(text);
  if (wrong) return wrong;
  const tree = treeOf(text);
  const cells = tree && findNodeAtLocation(tree, ['cells']);
  if (tree?.type !== 'object' || cells?.type !== 'array') return { message: 'a notebook needs a list of cells' };
  if (findNodeAtLocation(tree, ['nbformat'])?.type !== 'number') return { message: 'a notebook needs its nbformat' };
  if (findNodeAtLocation(tree, ['metadata'])?.type !== 'object') return { message: 'a notebook needs its metadata' };
  for (const cell of cells.children ?? []) {
    const problem = cellProblem(cell);
    if (problem !== undefined) return problemAt(withoutMark(text), cell.offset, problem);
  }
  return undefined;
}

/** The cells of a notebook; undefined where it is none that can be read. */
export function cellsOf(text: string): Cell[] | undefined {
  if (notebookProblem(text)) return undefined;
  const mark = text.length - withoutMark(text).length;
  const tree = treeOf(text);
  const cells = tree && findNodeAtLocation(tree, ['cells']);
  return cells?.children?.map((cell) => {
    const source = findNodeAtLocation(cell, ['source']) ?? cell;
    const place = ({ offset, length }: Node): Place => ({ from: mark + offset, to: mark + offset + length });
    const id = findNodeAtLocation(cell, ['id']);
    return {
      kind: String(findNodeAtLocation(cell, ['cell_type'])?.value),
      source: sourceOf(source),
      outputs: findNodeAtLocation(cell, ['outputs'])?.children?.length ?? 0,
      id: id && String(id.value),
      whole: place(cell),
      sourceAt: place(source),
    };
  });
}

/** A notebook as it is read and edited: each cell under a line that names it. */
export function notebookText(cells: readonly Cell[]): string {
  return cells
    .map(({ kind, source, outputs }, index) => {
      const more = outputs === 0 ? '' : ` (${outputs} ${outputs === 1 ? 'output' : 'outputs'} not shown)`;
      return `# %% [${kind}] cell ${index + 1}${more}\n${source}${source === '' || source.endsWith('\n') ? '' : '\n'}`;
    })
    .join('');
}

export function isNotebook(path: string): boolean {
  return path.toLowerCase().endsWith('.ipynb');
}

function sourceOf(node: Node): string {
  if (node.type === 'string') return String(node.value);
  return (node.children ?? []).map(({ value }) => String(value)).join('');
}

function cellProblem(cell: Node): string | undefined {
  if (cell.type !== 'object') return 'a cell must be an object';
  const kind = findNodeAtLocation(cell, ['cell_type']);
  if (kind?.type !== 'string') return 'a cell needs its cell_type';
  const source = findNodeAtLocation(cell, ['source']);
  const isText = source?.type === 'string' || source?.children?.every(({ type }) => type === 'string');
  return source && isText === true ? undefined : 'a cell needs its source, as text or as lines';
}

function treeOf(text: string): Node | undefined {
  return parseTree(withoutMark(text));
}
