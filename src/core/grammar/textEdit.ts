import type { Replacement } from '../editedText.ts';
import { edited } from '../editedText.ts';
import { ToolFailure } from '../outcome.ts';
import { plainEnds } from '../text/lineEnds.ts';
import { exactlyEdited, exactlyRewritten, shownTexts, type ShownTexts, type TextFile } from '../text/textFile.ts';
import { cellsOf, isNotebook, notebookText } from './notebook.ts';
import { isUnmistakable, withCells } from './notebookEdit.ts';

/** The text of a file after an edit, with its own line ends, and both as they are shown: of a notebook, its cells. */
export interface TextEdit {
  readonly exact: string;
  readonly shown: ShownTexts;
}

/** What a file's text is to whoever reads or edits it: of a notebook, its cells as read_file shows them. */
export function readable(path: string, text: string): string {
  const cells = isNotebook(path) ? cellsOf(text) : undefined;
  return cells && isUnmistakable(cells) ? notebookText(cells) : text;
}

/** The edit that a call wants. In a notebook the cells are searched first, then the file as it stands. */
export async function textEdit(
  path: string,
  file: TextFile,
  args: Replacement,
  names: { shown: string; secret: boolean },
): Promise<TextEdit> {
  const view = readable(path, file.text);
  const inCells = { ...args, old_text: plainEnds(args.old_text), new_text: plainEnds(args.new_text) };
  if (view === file.text || !view.includes(inCells.old_text)) {
    const exact = exactlyEdited(file, args, names);
    return { exact, shown: shownTexts(file.exact, exact) };
  }
  const after = withCells(file.text, edited(view, inCells, names.shown, names.secret));
  if (after === undefined)
    throw new ToolFailure(
      `${names.shown} is a notebook: keep the line above each cell, "# %% [code] cell 1"; one without a number, "# %% [code]", begins a new cell`,
    );
  return {
    exact: await exactlyRewritten(file, after),
    shown: { before: view, after: readable(path, after), returns: false },
  };
}
