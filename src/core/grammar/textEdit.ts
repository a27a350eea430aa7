import { edited, type Replacement } from '../editedText.ts';
import { cellsOf, isNotebook, notebookText } from './notebook.ts';
import { isUnmistakable, withCells } from './notebookEdit.ts';
import { ToolFailure } from '../outcome.ts';

/** The text of a file after an edit, and both as they are shown: of a notebook, its cells. */
export interface TextEdit {
  readonly after: string;
  readonly shown: { readonly before: string; readonly after: string };
}

/** What a file's text is to whoever reads or edits it: of a notebook, its cells as read_file shows them. */
export function readable(path: string, text: string): string {
  const cells = isNotebook(path) ? cellsOf(text) : undefined;
  return cells && isUnmistakable(cells) ? notebookText(cells) : text;
}

/** The edit that a call wants. In a notebook the cells are searched first, then the file as it stands. */
export function textEdit(path: string, before: string, args: Replacement, names: { shown: string; secret: boolean }) {
  const view = readable(path, before);
  if (view === before || !view.includes(args.old_text))
    return plain(before, edited(before, args, names.shown, names.secret));
  const wanted = edited(view, args, names.shown, names.secret);
  const after = withCells(before, wanted);
  if (after === undefined)
    throw new ToolFailure(
      `${names.shown} is a notebook: keep the line above each cell, "# %% [code] cell 1"; one without a number, "# %% [code]", begins a new cell`,
    );
  return { after, shown: { before: view, after: readable(path, after) } };
}

function plain(before: string, after: string): TextEdit {
  return { after, shown: { before, after } };
}
