import { edited, type Replacement } from '../../editedText.ts';
import { readable, textEdit, type TextEdit } from '../../grammar/textEdit.ts';
import type { Redactor } from '../../redaction/redactor.ts';
import { plainEnds } from '../../text/lineEnds.ts';
import { exactlyRewritten, shownTexts, type TextFile } from '../../text/textFile.ts';
import { hasMask, withRealValues } from './masksWrittenBack.ts';

/** The edit of a file that a call wants; masks in it get the values that they stand for. @throws ToolFailure */
export async function fileEdit(
  path: string,
  file: TextFile,
  args: Replacement,
  { redactor, ...names }: { shown: string; secret: boolean; redactor: Redactor },
): Promise<TextEdit> {
  if (!hasMask(args.old_text + args.new_text)) return textEdit(path, file, args, names);
  if (readable(path, file.text) !== file.text) {
    // Of a notebook's cells, none is put back: what is shown of them is not what the file holds.
    const edit = await textEdit(path, file, args, names);
    await withRealValues({ before: file.text, shown: names.shown }, () => plainEnds(edit.exact), redactor);
    return edit;
  }
  const plain = { ...args, old_text: plainEnds(args.old_text), new_text: plainEnds(args.new_text) };
  const wanted = (asShown: string): string => edited(asShown, plain, names.shown, names.secret);
  const after = await withRealValues({ before: file.text, shown: names.shown }, wanted, redactor);
  const exact = await exactlyRewritten(file, after);
  return { exact, shown: shownTexts(file.exact, exact) };
}
