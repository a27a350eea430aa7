import { ToolFailure } from '../../outcome.ts';
import { readable, type TextEdit } from '../../grammar/textEdit.ts';
import type { Redactor } from '../../redaction/redactor.ts';
import { plainEnds, withPieces, type Piece } from '../../text/lineEnds.ts';
import { exactlyRewritten, shownTexts, type TextFile } from '../../text/textFile.ts';
import { fileEdit } from './fileEdit.ts';
import { hasMask, withRealValues } from './masksWrittenBack.ts';

/** One of several edits, as a call gives it: a piece replaced, lines put in, or a new file's whole text. */
export interface OneEdit {
  path: string;
  old_text?: string | undefined;
  after_line?: number | undefined;
  new_text: string;
  replace_all: boolean;
}

/** An edit with its place in the call, counted from 1. */
export interface NumberedEdit {
  readonly number: number;
  readonly edit: OneEdit;
}

interface Names {
  shown: string;
  secret: boolean;
  redactor: Redactor;
}

/**
 * A file after all edits of a call that are about it; `file` is undefined where none is there. Lines are put in first,
 * counted as the file stands; then each replacement is made on what came of those before.
 * @throws ToolFailure that names the edit
 */
export async function withEdits(
  path: string,
  file: TextFile | undefined,
  edits: readonly NumberedEdit[],
  names: Names,
): Promise<TextEdit> {
  if (!file) return created(edits, names.shown);
  let now = file;
  const put = edits.filter(({ edit }) => edit.after_line !== undefined);
  if (put.length > 0) now = changedTo(now, await withLines(path, now, put, names));
  for (const { number, edit } of edits) {
    if (edit.after_line !== undefined) continue;
    const { old_text } = edit;
    if (old_text === undefined)
      throw wrong(
        number,
        `${names.shown} is there already: give old_text or after_line; write_file replaces all of it`,
      );
    const { exact } = await numbered(number, () => fileEdit(path, now, { ...edit, old_text }, names));
    now = changedTo(now, exact);
  }
  const isView = readable(path, file.text) !== file.text;
  return {
    exact: now.exact,
    shown: isView
      ? { before: readable(path, file.text), after: readable(path, now.text), returns: false }
      : shownTexts(file.exact, now.exact),
  };
}

/** What is wrong with an edit whatever the files hold. @throws ToolFailure */
export function refuseMixed({ number, edit }: NumberedEdit): void {
  if (edit.old_text !== undefined && edit.after_line !== undefined)
    throw wrong(number, 'give old_text or after_line, not both');
  if (edit.old_text !== undefined && edit.old_text === edit.new_text)
    throw wrong(number, 'old_text and new_text are the same: this edit changes nothing');
}

function created(edits: readonly NumberedEdit[], shown: string): TextEdit {
  const [first, second] = edits;
  const isNew = first?.edit.old_text === undefined && first?.edit.after_line === undefined;
  if (!first || !isNew) throw wrong(first?.number ?? 1, `${shown} is not there; new_text alone creates it`);
  if (second) throw wrong(second.number, `${shown} is created by edit ${first.number}: give its whole text there`);
  return { exact: first.edit.new_text, shown: shownTexts('', first.edit.new_text) };
}

/** The file's own text with lines put in. */
async function withLines(
  path: string,
  file: TextFile,
  edits: readonly NumberedEdit[],
  { shown, redactor }: Names,
): Promise<string> {
  const number = edits[0]?.number ?? 1;
  if (readable(path, file.text) !== file.text)
    throw wrong(number, `${shown} is a notebook, whose lines are not those of the file: give old_text`);
  const hasMasks = edits.some(({ edit }) => hasMask(edit.new_text));
  if (!hasMasks) return withPieces(file.exact, piecesFor(file.text, edits, shown));
  const wanted = (asShown: string): string => withPieces(asShown, piecesFor(asShown, edits, shown));
  return exactlyRewritten(file, await withRealValues({ before: file.text, shown }, wanted, redactor));
}

function piecesFor(text: string, edits: readonly NumberedEdit[], shown: string): Piece[] {
  const starts = [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];
  const isOpen = text !== '' && !text.endsWith('\n'); // the last line has no end
  const lines = starts.length - (isOpen ? 0 : 1);
  return edits
    .map(({ number, edit: { after_line = 0, new_text } }): Piece => {
      if (after_line > lines) throw wrong(number, `${shown} has ${lines} lines; after_line can be 0 to ${lines}`);
      const by = plainEnds(new_text);
      const at = starts[after_line] ?? text.length;
      if (isOpen && after_line === lines) return { from: at, to: at, by: `\n${by.replace(/\n$/, '')}` };
      return { from: at, to: at, by: by === '' || by.endsWith('\n') ? by : `${by}\n` };
    })
    .toSorted((a, b) => a.from - b.from);
}

function changedTo(file: TextFile, exact: string): TextFile {
  return { ...file, exact, text: plainEnds(exact) };
}

async function numbered<T>(number: number, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof ToolFailure ? wrong(number, error.message) : error;
  }
}

function wrong(number: number, why: string): ToolFailure {
  return new ToolFailure(`edit ${number}: ${why}`);
}
