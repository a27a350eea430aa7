import * as z from 'zod';
import type { Look } from '../../../shared/action.ts';
import { visibleLine } from '../../../shared/visible.ts';
import { A_PATH, defineTool, type Tool } from '../tool.ts';
import type { ToolPorts } from '../ports.ts';
import { unsavedReadWords } from './inEditor.ts';
import { LeftOut } from './leftOut.ts';
import { coveredWords, describeLooking, refuseAbsent } from './looking.ts';
import { searchBelow, searchFile, type Found } from './searching.ts';

const parameters = z.strictObject({
  pattern: z.string().min(1).max(1000).describe('The text to look for'),
  path: z.string().default('.').describe('A file or folder, relative to the workspace folder'),
  glob: z
    .string()
    .max(500)
    .exactOptional()
    .describe('Only files that match this glob: *.ts at any depth, src/**/*.ts from the start'),
  regex: z.boolean().default(false).describe('Whether the pattern is a regular expression (RE2 syntax)'),
  ignore_case: z.boolean().default(false),
});

type Ports = Pick<ToolPorts, 'folder' | 'goesTo' | 'redactor' | 'textSearch' | 'encodings'>;

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
    const [first] = action.resources;
    const starts = action.resources.map(({ path }) => path);
    const args = action.arguments;
    await refuseAbsent(starts, context, ports);
    const pattern = { text: args.pattern, isExpression: args.regex, ignoresCase: args.ignore_case };
    const search = ports.textSearch.open(pattern, context.signal);
    const found: Found = { hits: [], left: 0, masked: 0, contentOf: [], lookedInto: new Set(), stopped: undefined };
    const leftOut = new LeftOut(context, args.glob ?? '');
    const how = { search, context, ports, found, leftOut };
    try {
      if (first?.access === 'read') await searchFile(await context.files.look(first.path, ports.folder, 'itself'), how);
      else for (const start of starts) if (found.stopped === undefined) await searchBelow(start, args.glob, how);
    } finally {
      await search.close();
    }
    const { hits, left, masked, contentOf, lookedInto, stopped } = found;
    const unsaved = await unsavedReadWords((path) => lookedInto.has(path), context);
    return {
      ok: true,
      text:
        (hits.length === 0 ? 'Nothing found.' : hits.join('\n')) +
        (left > 0 ? `\n[${left} more hits not shown]` : '') +
        (stopped === undefined ? '' : `\n[${stopped}]`) +
        leftOut.words(hits.length === 0 ? 'nothing' : 'something') +
        coveredWords(starts, context) +
        (unsaved && `\n${unsaved}`),
      masked,
      facts: { hits: hits.length + left, ...(stopped !== undefined && { stopped: true }) },
      contentOf,
    };
  },
}));
