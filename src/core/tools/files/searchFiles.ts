import * as z from 'zod';
import type { Look } from '../../../shared/action.ts';
import { visibleLine } from '../../../shared/visible.ts';
import type { Redactor } from '../../redaction/redactor.ts';
import { relativeTo } from '../../scope/spelling.ts';
import { ToolFailure } from '../../outcome.ts';
import { TooBig } from '../effort.ts';
import { globOf, isSkippable, textOf } from '../text.ts';
import type { OpenSearch } from '../textSearch.ts';
import { A_PATH, defineTool, type Tool, type CallContext } from '../tool.ts';
import type { ToolPorts } from '../ports.ts';
import { describeLooking, lookedAt, PASSED_OVER } from './looking.ts';

const MAX_FILE = 1024 * 1024;
const MAX_HITS = 200;
const MAX_LINE = 300;

const parameters = z.strictObject({
  pattern: z.string().min(1).max(1000).describe('The text to look for'),
  path: z.string().default('.').describe('A file or folder, relative to the workspace folder'),
  glob: z.string().max(500).exactOptional().describe('Only files whose path below the start matches this glob'),
  regex: z.boolean().default(false).describe('Whether the pattern is a regular expression (RE2 syntax)'),
  ignore_case: z.boolean().default(false),
});

type Ports = Pick<ToolPorts, 'folder' | 'goesTo' | 'redactor' | 'textSearch'>;

export const searchFiles = defineTool((ports: Ports): Tool<z.infer<typeof parameters>, Look> => ({
  name: 'search_files',
  summary: 'Search the text of files. Hits come as path:line: text. Likely secrets and denied files are left out.',
  family: 'file_system',
  effects: ['search'],
  parameters,
  about: A_PATH,
  tried: (path) => ({ path, pattern: 'x' }),
  describe(args, context) {
    return describeLooking(
      {
        tool: 'search_files',
        effect: 'search',
        args,
        // A search of one file shows its lines: that is reading it. A folder is searched without its secrets.
        access: (look) => (look.kind === 'file' ? 'read' : 'list'),
        title: (shown) => `Search ${visibleLine(args.pattern)} in ${shown}`,
      },
      ports,
      context,
    );
  },
  async perform(action, context) {
    const { path: start, access } = lookedAt(action);
    const args = action.arguments;
    const pattern = { text: args.pattern, isExpression: args.regex, ignoresCase: args.ignore_case };
    const search = ports.textSearch.open(pattern, context.signal);
    const found: Found = { hits: [], left: 0, masked: 0, contentOf: [], stopped: undefined };
    const looked = { context, redactor: ports.redactor, found };
    try {
      if (access === 'read')
        await lookInto(start, await context.files.read(start, 4 * MAX_FILE), { search, ...looked });
      else await lookBelow(start, args.glob, { search, ...looked });
    } finally {
      await search.close();
    }
    const { hits, left, masked, contentOf, stopped } = found;
    const end = stopped === undefined ? '' : `\n[${stopped}]`;
    return {
      ok: true,
      text:
        (hits.length === 0 ? 'Nothing found.' : hits.join('\n')) +
        (left > 0 ? `\n[${left} more hits not shown]` : '') +
        end,
      masked,
      facts: { hits: hits.length + left, ...(stopped !== undefined && { stopped: true }) },
      contentOf,
    };
  },
}));

interface Found {
  hits: string[];
  left: number;
  /** How many secrets were masked in the hits. */
  masked: number;
  contentOf: string[];
  /** Why not everything was looked through. */
  stopped: string | undefined;
}

interface Search {
  search: OpenSearch;
  context: CallContext;
  redactor: Redactor;
  found: Found;
}

async function lookInto(path: string, bytes: Uint8Array, { search, context, redactor, found }: Search): Promise<void> {
  const shown = context.scope.shown(path);
  const text = textOf(bytes, shown);
  const answer = await search.in(text, MAX_HITS - found.hits.length);
  if ('kind' in answer) {
    if (answer.kind === 'wrong') throw new WrongPattern(`the pattern cannot be searched for: ${answer.problem}`);
    found.stopped = `stopped after ${answer.seconds} s at ${visibleLine(shown)}; narrow the pattern or the path`;
    return;
  }
  if (answer.count === 0) return;
  found.contentOf.push(path);
  found.left += answer.count - answer.lines.length;
  const lines = text.split('\n');
  for (const index of answer.lines) {
    const line = redactor.mask(lines[index] ?? '');
    found.masked += line.masked;
    found.hits.push(`${visibleLine(shown)}:${index + 1}: ${line.text.slice(0, MAX_LINE)}`);
  }
}

async function lookBelow(start: string, glob: string | undefined, how: Search): Promise<void> {
  const { context, found } = how;
  const wanted = glob === undefined ? () => true : globOf(glob);
  try {
    for await (const entry of context.files.walk(start, context.signal)) {
      const below = relativeTo(start, entry.path);
      if (entry.kind !== 'file' || entry.size > MAX_FILE) continue;
      if (below.split('/').some((part) => PASSED_OVER.has(part)) || context.scope.isSecret(entry.path)) continue;
      if (!wanted(below)) continue;
      try {
        await lookInto(entry.path, await context.files.read(entry.path, MAX_FILE), how);
      } catch (error) {
        if (!isSkippable(error) || error instanceof WrongPattern) throw error; // a binary file, or one that is gone by now
      }
      if (found.stopped !== undefined) return;
    }
  } catch (error) {
    if (!(error instanceof TooBig)) throw error;
    found.stopped = `stopped after ${error.message}; narrow the path`;
  }
}

class WrongPattern extends ToolFailure {
  override name = 'WrongPattern';
}
