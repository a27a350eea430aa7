import * as z from 'zod';
import type { Look } from '../../../shared/action.ts';
import { A_PATH, defineTool, type Tool } from '../tool.ts';
import type { ToolPorts } from '../ports.ts';
import { ToolFailure } from '../../outcome.ts';
import { MAX_TEXT } from '../../editedText.ts';
import type { Redactor } from '../../redaction/redactor.ts';
import { textBlocks, type TextBlock } from '../../text/textBlocks.ts';
import { keptWords, textFile } from '../../text/textFile.ts';
import { describeLooking, lookedAt } from './looking.ts';
import { unsavedReadWords } from './inEditor.ts';
import { readable } from '../../grammar/textEdit.ts';

const MAX_LINES = 2000;
const MAX_LINE = 2000;
const MAX_CHARACTERS = 60_000;

const parameters = z.strictObject({
  path: z.string().describe('The file, relative to the workspace folder'),
  start_line: z.number().int().min(1).exactOptional().describe('First line to read, counted from 1'),
  end_line: z.number().int().min(1).exactOptional().describe('Last line to read'),
});

type Ports = Pick<ToolPorts, 'folder' | 'goesTo' | 'redactor' | 'encodings'>;

export const readFile = defineTool((ports: Ports): Tool<z.infer<typeof parameters>, Look> => ({
  name: 'read_file',
  summary:
    'Read a text file of the workspace, or a range of its lines. Lines come numbered. Of a notebook the cells are shown, without what they put out.',
  family: 'file_system',
  effects: ['read'],
  parameters,
  about: A_PATH,
  tried: (path) => ({ path }),
  async describe(args, context) {
    if (args.start_line !== undefined && args.end_line !== undefined && args.end_line < args.start_line)
      throw new ToolFailure(`end_line ${args.end_line} comes before start_line ${args.start_line}`);
    const { kind, path } = await context.files.look(context.scope.meant(args.path), ports.folder, 'followed');
    if (kind === 'directory')
      throw new ToolFailure(`${context.scope.shown(path)} is a folder; list_directory shows what is in it`);
    return describeLooking(
      { tool: 'read_file', effect: 'read', args, access: () => 'read', title: (shown) => `Read ${shown}` },
      ports,
      context,
    );
  },
  async perform(action, context) {
    const { path } = lookedAt(action);
    const { start_line: first = 1, end_line } = action.arguments;
    const shown = context.scope.shown(path);
    const unsaved = await unsavedReadWords((one) => one === path, context);
    const { size } = await context.files.look(path, ports.folder, 'itself');
    const range = { first, last: Math.min(end_line ?? Infinity, first + MAX_LINES - 1), shown };
    if (size > MAX_TEXT) {
      const blocks = textBlocks({ path, shown }, context.files, ports.encodings);
      const { text, reached, masked, lines } = await rows(blocks, range, ports.redactor);
      const isAll = lines !== undefined && reached === lines;
      const rest = isAll ? '' : `[goes on after line ${reached}: ${size} bytes in all; read on by start_line]\n`;
      return {
        ok: true,
        text: text + rest + unsaved,
        masked,
        facts: { lines: reached - first + 1 },
        contentOf: [path],
      };
    }
    const file = await textFile(await context.files.read(path, MAX_TEXT), shown, ports.encodings);
    const lines = readable(path, file.text).split('\n');
    if (lines.at(-1) === '') lines.pop();
    const { text, reached, masked } = await rows([{ first: 1, lines, column: 0 }], range, ports.redactor);
    const kept = keptWords(file);
    return {
      ok: true,
      text:
        (kept === undefined ? '' : `[${kept}: kept by edits, which write \\n]\n`) +
        (lines.length === 0 ? `${shown} is empty${unsaved && '\n'}` : text) +
        (reached < lines.length ? `[lines ${reached + 1} to ${lines.length} not shown]\n` : '') +
        unsaved,
      masked,
      facts: { lines: reached - first + 1 },
      contentOf: [path],
    };
  },
}));

interface Rows {
  /** Numbered lines. */
  text: string;
  /** The last line that is among them, whole or cut. */
  reached: number;
  /** How many secrets were masked in them. */
  masked: number;
  /** How many lines there are in all, where the end was come to. */
  lines: number | undefined;
}

async function rows(
  blocks: AsyncIterable<TextBlock> | Iterable<TextBlock>,
  { first, last, shown }: { first: number; last: number; shown: string },
  redactor: Redactor,
): Promise<Rows> {
  const found: Rows = { text: '', reached: first - 1, masked: 0, lines: undefined };
  let lines = 0;
  for await (const block of blocks) {
    for (const [index, line] of block.lines.entries()) {
      const number = block.first + index;
      lines = number;
      if (number < first || number === found.reached) continue; // or another piece of a long line
      if (number > last) return found;
      const { text, masked } = redactor.mask(line);
      const row = `${number}\t${text.length > MAX_LINE ? `${text.slice(0, MAX_LINE)} [… line cut]` : text}\n`;
      if (found.text.length + row.length > MAX_CHARACTERS) return found;
      found.text += row;
      found.masked += masked;
      found.reached = number;
    }
  }
  if (first > Math.max(lines, 1)) throw new ToolFailure(`${shown} has ${lines} lines; there is no line ${first}`);
  return { ...found, lines };
}
