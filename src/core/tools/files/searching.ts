import { visibleLine } from '../../../shared/visible.ts';
import { readable } from '../../grammar/textEdit.ts';
import { ToolFailure } from '../../outcome.ts';
import type { Redactor } from '../../redaction/redactor.ts';
import { relativeTo } from '../../scope/spelling.ts';
import { textBlocks, type TextBlock } from '../../text/textBlocks.ts';
import { textFile } from '../../text/textFile.ts';
import { TooBig } from '../effort.ts';
import type { ToolPorts } from '../ports.ts';
import { globOf, isSkippable } from '../text.ts';
import type { OpenSearch } from '../textSearch.ts';
import type { CallContext } from '../tool.ts';
import type { LeftOut } from './leftOut.ts';

/** Bytes up to which a file is read whole. */
const WHOLE = 1024 * 1024;
const MAX_HITS = 200;
const MAX_LINE = 300;
/** Characters of a long line that are shown before what was found in it. */
const BEFORE = 80;

export interface Found {
  hits: string[];
  /** Hits that are not among them. */
  left: number;
  /** How many secrets were masked in the hits. */
  masked: number;
  contentOf: string[];
  lookedInto: Set<string>;
  /** Why not everything was looked through. */
  stopped: string | undefined;
}

export interface Searching {
  search: OpenSearch;
  context: CallContext;
  ports: Pick<ToolPorts, 'redactor' | 'encodings'>;
  found: Found;
  leftOut: LeftOut;
}

/** `size` in bytes. */
interface FileToSearch {
  path: string;
  size: number;
}

/** Searches one file, of any size. @throws ToolFailure where it is no text, or the pattern none that can be searched. */
export async function searchFile({ path, size }: FileToSearch, how: Searching): Promise<void> {
  const { search, context, ports, found } = how;
  const shown = context.scope.shown(path);
  const hitsBefore = found.hits.length + found.left;
  found.lookedInto.add(path);
  let line = 0; // the last one that was found: a long one comes in several blocks
  for await (const block of blocksOf({ path, size }, how)) {
    const answer = await search.in(block.lines, Math.max(0, MAX_HITS - found.hits.length));
    if ('kind' in answer) {
      if (answer.kind === 'wrong') throw new WrongPattern(`the pattern cannot be searched for: ${answer.problem}`);
      found.stopped = `stopped after ${answer.seconds} s at ${visibleLine(shown)}; narrow the pattern or the path`;
      return;
    }
    found.left += answer.count - answer.lines.length;
    for (const match of answer.lines) {
      const number = block.first + match.line;
      if (number === line) continue;
      line = number;
      const { text, masked } = hitLine(block, match, ports.redactor);
      found.masked += masked;
      found.hits.push(`${visibleLine(shown)}:${number}: ${text}`);
    }
  }
  if (found.hits.length + found.left > hitsBefore) found.contentOf.push(path);
}

/** Searches the text files below a folder, without likely secrets. */
export async function searchBelow(start: string, glob: string | undefined, how: Searching): Promise<void> {
  const { context, found, leftOut } = how;
  const wanted = glob === undefined ? () => true : globOf(glob);
  try {
    for await (const entry of context.files.walk(start, context.signal, leftOut)) {
      if (entry.kind === 'directory') continue;
      if (!wanted(relativeTo(start, entry.path)) && !wanted(context.scope.shown(entry.path))) continue;
      if (entry.kind !== 'file') leftOut.link();
      else if (context.scope.isSecret(entry.path)) leftOut.secret();
      else await searchOneOfMany(entry, how);
      if (found.stopped !== undefined) return;
    }
  } catch (error) {
    if (!(error instanceof TooBig)) throw error;
    found.stopped = `stopped after ${error.message}; narrow the path`;
  }
}

async function searchOneOfMany(file: FileToSearch, how: Searching): Promise<void> {
  try {
    await searchFile(file, how);
  } catch (error) {
    if (!isSkippable(error) || error instanceof WrongPattern) throw error;
    how.leftOut.noText(); // or gone by now, or closed
  }
}

/** The text as read_file numbers its lines. */
async function* blocksOf({ path, size }: FileToSearch, { context, ports }: Searching): AsyncIterable<TextBlock> {
  const shown = context.scope.shown(path);
  if (size > WHOLE) {
    yield* textBlocks({ path, shown }, context.files, ports.encodings);
    return;
  }
  const { text } = await textFile(await context.files.read(path, 2 * WHOLE), shown, ports.encodings);
  yield { first: 1, lines: readable(path, text).split('\n'), column: 0 };
}

/** A line that was found, masked before it is cut; of a long one what stands around the place. */
function hitLine(block: TextBlock, match: { line: number; column: number }, redactor: Redactor) {
  const whole = block.lines[match.line] ?? '';
  const { text, masked } = redactor.mask(whole);
  const at = redactor.text(whole.slice(0, match.column)).length;
  const from = at + BEFORE < MAX_LINE ? 0 : at - BEFORE;
  const part = text.slice(from, from + MAX_LINE);
  const before = from > 0 || block.column > 0 ? `[from column ${block.column + from + 1}] ` : '';
  const after = text.length > from + MAX_LINE ? ' [… line cut]' : '';
  return { text: `${before}${part}${after}`, masked };
}

class WrongPattern extends ToolFailure {
  override name = 'WrongPattern';
}
