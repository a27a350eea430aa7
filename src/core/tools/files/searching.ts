import { visibleLine } from '../../../shared/visible.ts';
import { readable } from '../../grammar/textEdit.ts';
import { ToolFailure } from '../../outcome.ts';
import type { Walking } from '../../scope/files.ts';
import { relativeTo } from '../../scope/spelling.ts';
import { textBlocks, type TextBlock } from '../../text/textBlocks.ts';
import { textFile } from '../../text/textFile.ts';
import { TooBig } from '../effort.ts';
import type { ToolPorts } from '../ports.ts';
import { globOf, isSkippable } from '../text.ts';
import type { OpenSearch } from '../textSearch.ts';
import type { CallContext } from '../tool.ts';
import type { Hits } from './hits.ts';
import type { IgnoreFiles } from './ignoreFiles.ts';
import type { LeftOut } from './leftOut.ts';

/** Bytes up to which a file is read whole. */
const WHOLE = 1024 * 1024;

export interface Found {
  hits: Hits;
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
  /** Undefined where what is ignored is searched too. */
  ignored: IgnoreFiles | undefined;
  /** Which files may hold what is looked for; undefined for any. */
  mayHold?: Promise<(path: string) => boolean>;
}

/** `size` in bytes. */
interface FileToSearch {
  path: string;
  size: number;
}

/** One whose size is not known yet. */
interface FileFound {
  path: string;
  size: number | undefined;
}

/** Searches one file, of any size. @throws ToolFailure where it is no text, or the pattern none that can be searched. */
export async function searchFile({ path, size }: FileToSearch, how: Searching): Promise<void> {
  const { search, context, found } = how;
  const shown = context.scope.shown(path);
  found.lookedInto.add(path);
  found.hits.begin();
  for await (const block of blocksOf({ path, size }, how)) {
    const answer = await search.in(block.lines, found.hits.wanted);
    if ('kind' in answer) {
      if (answer.kind === 'wrong') throw wrong(answer.problem);
      found.stopped = `stopped after ${answer.seconds} s at ${visibleLine(shown)}; narrow the pattern or the path`;
      return;
    }
    found.hits.take({ path, shown }, block, answer);
  }
  found.hits.end({ path, shown });
}

/** Searches the text files below a folder, without likely secrets. */
export async function searchBelow(start: string, glob: string | undefined, how: Searching): Promise<void> {
  const { context, found, leftOut, ignored } = how;
  const wanted = glob === undefined ? () => true : globOf(glob);
  const named = new Set(glob?.split('/'));
  const below: FileToSearch[] = [];
  const walking: Walking = {
    withoutSizes: leftOut.withoutSizes,
    enters: (folder) => leftOut.enters(folder),
    unread: (path) => {
      leftOut.unread(path);
    },
    ...(ignored && { lists: (folder, entries) => ignored.lists(folder, entries) }),
  };
  try {
    await ignored?.begin(start);
    for await (const entry of context.files.walk(start, context.signal, walking)) {
      if (ignored?.isIgnored(entry) === true) {
        if (entry.kind !== 'directory' || !named.has(entry.name)) {
          leftOut.ignored(entry);
          continue;
        }
        ignored.mean(entry.path);
      }
      if (entry.kind === 'directory') continue;
      if (!wanted(relativeTo(start, entry.path)) && !wanted(context.scope.shown(entry.path))) continue;
      if (entry.kind !== 'file') leftOut.link();
      else if (context.scope.isSecret(entry.path)) leftOut.secret();
      else if (how.mayHold) below.push(entry);
      else await searchOneOfMany(entry, how);
      if (found.stopped !== undefined) return;
    }
    const mayHold = await how.mayHold;
    if (mayHold) await assertSearchable(how);
    for (const { path } of below) {
      if (mayHold?.(path) === true) await searchOneOfMany({ path, size: undefined }, how);
      if (found.stopped !== undefined) return;
    }
  } catch (error) {
    if (!(error instanceof TooBig)) throw error;
    found.stopped = `stopped after ${error.message}; narrow the path`;
  }
}

async function searchOneOfMany({ path, size }: FileFound, how: Searching): Promise<void> {
  try {
    await searchFile(size === undefined ? await how.context.files.look(path, path, 'itself') : { path, size }, how);
  } catch (error) {
    if (!isSkippable(error) || error instanceof WrongPattern) throw error;
    how.leftOut.noText(); // or gone by now, or closed
  }
}

/** Also where there is no text to be looked into. */
async function assertSearchable({ search }: Searching): Promise<void> {
  const answer = await search.in([], 0);
  if ('kind' in answer && answer.kind === 'wrong') throw wrong(answer.problem);
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

function wrong(problem: string): WrongPattern {
  return new WrongPattern(`the pattern cannot be searched for: ${problem}`);
}

class WrongPattern extends ToolFailure {
  override name = 'WrongPattern';
}
