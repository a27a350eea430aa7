import { named } from '../../../shared/named.ts';
import type { CodeEdit } from '../../editor/languages.ts';
import { ToolFailure } from '../../outcome.ts';
import { plainEnds, type Piece } from '../../text/lineEnds.ts';

/** The edits of one file as pieces of its plain text, in their order. @throws ToolFailure where they are none of it */
export function piecesOf(text: string, edits: readonly CodeEdit[], shown: string): Piece[] {
  const starts = lineStarts(text);
  const offset = (line: number, column: number): number => {
    const start = starts[line - 1];
    const end = (starts[line] ?? text.length + 1) - 1;
    if (start === undefined || start + column - 1 > end)
      throw odd(shown, `names a place that is not there: ${line}:${column}`);
    return start + column - 1;
  };
  const pieces = edits
    .map(({ line, column, endLine, endColumn, text: by }) => ({
      from: offset(line, column),
      to: offset(endLine, endColumn),
      by: plainEnds(by),
    }))
    .sort((a, b) => a.from - b.from || a.to - b.to);
  for (const [index, { from, to }] of pieces.entries()) {
    const before = pieces[index - 1];
    if (to < from) throw odd(shown, 'ends an edit before it begins');
    if (before && (from < before.to || (from === before.from && to === before.to)))
      throw odd(shown, 'has edits that overlap');
  }
  return pieces;
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

function odd(shown: string, what: string): ToolFailure {
  return new ToolFailure(
    `what the language service would change in ${named(shown)} ${what}; nothing was done. Read it again`,
  );
}
