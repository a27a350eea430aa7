import { ToolFailure } from '../outcome.ts';
import type { Files } from '../scope/files.ts';
import type { Encodings } from './encodings.ts';
import { plainEnds } from './lineEnds.ts';

/** Characters that are looked at together. */
const BLOCK = 1_048_576;
/** A line longer than this comes in pieces, each as a block of its own. */
const LONGEST = 4 * BLOCK;
/** What such a piece repeats of the one before, so that nothing shorter is missed between them. */
const OVERLAP = 2000;

/** Some lines of a text, the first of which has this number, counted from 1. */
export interface TextBlock {
  readonly first: number;
  readonly lines: readonly string[];
  /** How far into its line the block begins, in characters: not 0 only within a line that is too long for one block. */
  readonly column: number;
}

/**
 * The text of a file of any size, a block of lines after the other; ends of lines are not in it.
 * @throws ToolFailure where it is no text.
 */
export async function* textBlocks(
  file: { path: string; shown: string },
  files: Files,
  encodings: Encodings,
): AsyncIterable<TextBlock> {
  let first = 1;
  let column = 0;
  let rest = '';
  for await (const text of decodedChunks(file, files, encodings)) {
    rest += text;
    if (rest.length < BLOCK) continue;
    const end = rest.lastIndexOf('\n');
    if (end !== -1) {
      const lines = plainEnds(rest.slice(0, end + 1)).split('\n');
      lines.pop();
      yield { first, lines, column };
      first += lines.length;
      column = 0;
      rest = rest.slice(end + 1);
    } else if (rest.length >= LONGEST) {
      yield { first, lines: [rest], column };
      column += rest.length - OVERLAP;
      rest = rest.slice(rest.length - OVERLAP);
    }
  }
  if (rest === '') return;
  const lines = plainEnds(rest).split('\n');
  if (lines.at(-1) === '') lines.pop();
  yield { first, lines, column };
}

async function* decodedChunks(
  { path, shown }: { path: string; shown: string },
  files: Files,
  encodings: Encodings,
): AsyncIterable<string> {
  let decode: Awaited<ReturnType<Encodings['streamed']>>;
  for await (const chunk of files.chunks(path)) {
    decode ??= await encodings.streamed(chunk);
    if (!decode) throw new ToolFailure(`${shown} is a binary file`);
    yield decode(chunk, false);
  }
  if (decode) yield decode(new Uint8Array(), true);
}
