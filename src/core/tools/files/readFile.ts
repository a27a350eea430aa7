import * as z from 'zod';
import type { Look } from '../../../shared/action.ts';
import { A_PATH, defineTool, type Tool } from '../tool.ts';
import type { ToolPorts } from '../ports.ts';
import { ToolFailure } from '../../outcome.ts';
import { MAX_TEXT } from '../../editedText.ts';
import { textOf } from '../text.ts';
import { describeLooking, lookedAt } from './looking.ts';

const MAX_LINES = 2000;
const MAX_LINE = 2000;
const MAX_CHARACTERS = 60_000;

const parameters = z.strictObject({
  path: z.string().describe('The file, relative to the workspace folder'),
  start_line: z.number().int().min(1).exactOptional().describe('First line to read, counted from 1'),
  end_line: z.number().int().min(1).exactOptional().describe('Last line to read'),
});

type Ports = Pick<ToolPorts, 'folder' | 'goesTo' | 'redactor'>;

export const readFile = defineTool((ports: Ports): Tool<z.infer<typeof parameters>, Look> => ({
  name: 'read_file',
  summary: 'Read a text file of the workspace, or a range of its lines. Lines come numbered.',
  family: 'file_system',
  effects: ['read'],
  parameters,
  about: A_PATH,
  tried: (path) => ({ path }),
  async describe(args, context) {
    if (args.start_line !== undefined && args.end_line !== undefined && args.end_line < args.start_line)
      throw new ToolFailure(`end_line ${args.end_line} comes before start_line ${args.start_line}`);
    const { kind, path } = await context.files.look(args.path, ports.folder, 'followed');
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
    const { start_line, end_line } = action.arguments;
    const shown = context.scope.shown(path);
    const lines = textOf(await context.files.read(path, MAX_TEXT), shown).split('\n');
    if (lines.at(-1) === '') lines.pop();
    const first = start_line ?? 1;
    if (first > Math.max(lines.length, 1))
      throw new ToolFailure(`${shown} has ${lines.length} lines; there is no line ${first}`);
    const last = Math.min(end_line ?? lines.length, lines.length, first + MAX_LINES - 1);
    let text = '';
    let reached = first - 1;
    let masked = 0;
    for (let number = first; number <= last; number += 1) {
      const { text: line, masked: here } = ports.redactor.mask(lines[number - 1] ?? '');
      const row = `${number}\t${line.length > MAX_LINE ? `${line.slice(0, MAX_LINE)} [… line cut]` : line}\n`;
      if (text.length + row.length > MAX_CHARACTERS) break;
      text += row;
      masked += here;
      reached = number;
    }
    const rest = reached < lines.length ? `[lines ${reached + 1} to ${lines.length} not shown]\n` : '';
    return {
      ok: true,
      text: lines.length === 0 ? `${shown} is empty` : text + rest,
      masked,
      facts: { lines: reached - first + 1 },
      contentOf: [path],
    };
  },
}));
