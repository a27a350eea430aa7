import * as z from 'zod';
import { visibleLine } from '../../../shared/visible.ts';
import { relativeTo } from '../../scope/spelling.ts';
import { ToolFailure } from '../failure.ts';
import { globOf, isSkippable, textOf } from '../text.ts';
import { anyTool, type Tool } from '../tool.ts';
import { describeLooking, PASSED_OVER } from './looking.ts';

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

const tool: Tool<z.infer<typeof parameters>> = {
  name: 'search_files',
  summary: 'Search the text of files. Hits come as path:line: text. Likely secrets and denied files are left out.',
  family: 'file_system',
  parameters,
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
      context,
    );
  },
  async perform(args, action, context, signal) {
    const start = action.resources[0]?.path ?? '';
    const single = action.resources[0]?.access === 'read';
    const matches = await lineMatcher(args);
    const wanted = args.glob === undefined ? () => true : globOf(args.glob);
    const hits: string[] = [];
    const contentOf: string[] = [];
    let left = 0;
    const look = (path: string, bytes: Uint8Array): void => {
      const shown = context.scope.shown(path);
      let found = false;
      for (const [index, line] of textOf(bytes, shown).split('\n').entries()) {
        if (!matches(line)) continue;
        found = true;
        if (hits.length < MAX_HITS)
          hits.push(`${visibleLine(shown)}:${index + 1}: ${context.redactor.text(line).slice(0, MAX_LINE)}`);
        else left += 1;
      }
      if (found) contentOf.push(path);
    };
    if (single) look(start, await context.files.read(start, 4 * MAX_FILE));
    else
      for await (const entry of context.files.walk(start, signal)) {
        const below = relativeTo(start, entry.path);
        if (entry.kind !== 'file' || entry.size > MAX_FILE || !wanted(below)) continue;
        if (below.split('/').some((part) => PASSED_OVER.has(part)) || context.scope.isSecret(entry.path)) continue;
        try {
          look(entry.path, await context.files.read(entry.path, MAX_FILE));
        } catch (error) {
          if (!isSkippable(error)) throw error; // a binary file, or one that is gone by now
        }
      }
    return {
      ok: true,
      text:
        hits.length === 0 ? 'Nothing found.' : hits.join('\n') + (left > 0 ? `\n[${left} more hits not shown]` : ''),
      facts: { hits: hits.length + left },
      contentOf,
    };
  },
};
export const searchFiles = anyTool(tool);

/** RE2 runs in linear time, so that no pattern of the model can hang the host. */
async function lineMatcher(args: z.infer<typeof parameters>): Promise<(line: string) => boolean> {
  if (!args.regex) {
    if (!args.ignore_case) return (line) => line.includes(args.pattern);
    const lower = args.pattern.toLowerCase();
    return (line) => line.toLowerCase().includes(lower);
  }
  const { RE2JS } = await import('re2js');
  try {
    const compiled = RE2JS.compile(args.pattern, args.ignore_case ? RE2JS.CASE_INSENSITIVE : 0);
    return (line) => compiled.matcher(line).find();
  } catch (error) {
    throw new ToolFailure(
      `the pattern is not a regular expression: ${error instanceof Error ? error.message : 'unknown'}`,
    );
  }
}
