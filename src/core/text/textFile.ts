import { edited, type Replacement } from '../editedText.ts';
import { ToolFailure } from '../outcome.ts';
import { UTF_8, type Encoding, type Encodings } from './encodings.ts';
import { hasReturnsOnly, plainEnds, withPieces, type Piece } from './lineEnds.ts';

/** Lines of a file with both line ends that are compared closely when all of it is written anew. */
const CLOSELY = 2000;

/** A text file: its text as it is read and edited, and what of it an edit leaves as it is. */
export interface TextFile {
  /** What it holds, without a byte order mark, every line end `\n`. */
  readonly text: string;
  /** What it holds, with its own line ends. */
  readonly exact: string;
  readonly encoding: Encoding;
}

/** What stands where there is no file. */
export const NO_FILE: TextFile = { text: '', exact: '', encoding: UTF_8 };

/** The text of bytes. @throws ToolFailure where they are none: nothing is edited that could not be written as it was. */
export async function textFile(bytes: Uint8Array, shown: string, encodings: Encodings): Promise<TextFile> {
  const decoded = await encodings.decode(bytes);
  if (!decoded) throw new ToolFailure(`${shown} is a binary file`);
  return { text: plainEnds(decoded.text), exact: decoded.text, encoding: decoded.encoding };
}

/**
 * The file's own text after a replacement. A carriage return in `old_text` that stands in the file means itself; one
 * that does not is the model's way of writing a line end.
 */
export function exactlyEdited(file: TextFile, args: Replacement, names: { shown: string; secret: boolean }): string {
  if (args.old_text.includes('\r') && file.exact.includes(args.old_text))
    return edited(file.exact, args, names.shown, names.secret);
  const meant = { ...args, old_text: plainEnds(args.old_text), new_text: plainEnds(args.new_text) };
  edited(file.text, meant, names.shown, names.secret); // how often it may occur, and how long the result may be
  return withPieces(file.exact, occurrencesOf(file.text, meant));
}

/** The file's own text where all of it is written anew: line ends stay, unless the new text has some of its own. */
export async function exactlyRewritten(file: TextFile, text: string): Promise<string> {
  if (text.includes('\r\n') || file.text === file.exact) return text;
  if (hasReturnsOnly(file.exact)) return text.replaceAll('\n', '\r\n');
  return withPieces(file.exact, await changedPieces(file.text, text));
}

/** The bytes of a text in the encoding of the file in whose place it comes. @throws ToolFailure where it has none. */
export async function bytesOf(
  text: string,
  { encoding, shown }: { encoding: Encoding; shown: string },
  encodings: Encodings,
): Promise<Uint8Array> {
  const bytes = await encodings.encode({ text, encoding });
  if (!bytes)
    throw new ToolFailure(
      `${shown} is ${encoding.name} text, which has no place for some of these characters; nothing was written`,
    );
  return bytes;
}

function occurrencesOf(text: string, { old_text, new_text }: Replacement): Piece[] {
  const pieces: Piece[] = [];
  for (let at = text.indexOf(old_text); at !== -1; at = text.indexOf(old_text, at + old_text.length))
    pieces.push({ from: at, to: at + old_text.length, by: new_text });
  return pieces;
}

async function changedPieces(before: string, after: string): Promise<Piece[]> {
  const { diffArrays } = await import('diff');
  const runs = diffArrays(linesOf(before), linesOf(after), { maxEditLength: CLOSELY });
  if (!runs) return [{ from: 0, to: before.length, by: after }];
  const pieces: Piece[] = [];
  let at = 0;
  let open: { from: number; to: number; by: string } | undefined;
  for (const { value, added, removed } of runs) {
    const part = value.join('');
    if (!added && !removed) open = undefined;
    else if (!open) pieces.push((open = { from: at, to: at, by: '' }));
    if (added && open) open.by += part;
    if (!added) at += part.length;
    if (removed && open) open.to = at;
  }
  return pieces;
}

/** Each with its line end. */
function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** Both texts of a change as a card shows them. `returns`: every line ends with `\r\n`, before and after, unshown. */
export interface ShownTexts {
  readonly before: string;
  readonly after: string;
  readonly returns: boolean;
}

/** What a card shows of a change: line ends only where they are not the same on every line of both. */
export function shownTexts(before: string, after: string): ShownTexts {
  const returns = hasReturnsOnly(before) && (after === '' || hasReturnsOnly(after));
  return returns ? { before: plainEnds(before), after: plainEnds(after), returns } : { before, after, returns };
}

/** What of a file stays as it is and is not to be seen in its text, in words; undefined where there is nothing. */
export function keptWords({ encoding, exact }: TextFile): string | undefined {
  const mark = encoding.mark ? ' with a byte order mark' : '';
  const written = encoding.name === 'UTF-8' && !encoding.mark ? [] : [`${encoding.name}${mark}`];
  const kept = [...written, ...(hasReturnsOnly(exact) ? ['CRLF line ends'] : [])];
  return kept.length === 0 ? undefined : kept.join(', ');
}
