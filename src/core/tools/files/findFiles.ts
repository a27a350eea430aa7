import * as z from 'zod';
import type { Look } from '../../../shared/action.ts';
import { visibleLine } from '../../../shared/visible.ts';
import { isGlob } from '../../scope/glob.ts';
import { relativeTo } from '../../scope/spelling.ts';
import { TooBig } from '../effort.ts';
import { globOf } from '../text.ts';
import { A_PATH, defineTool, type CallContext, type Tool } from '../tool.ts';
import type { ToolPorts } from '../ports.ts';
import { IgnoreFiles } from './ignoreFiles.ts';
import { LeftOut } from './leftOut.ts';
import { coveredWords, describeLooking, refuseAbsent } from './looking.ts';

const MAX_RESULTS = 500;

const parameters = z.strictObject({
  pattern: z.string().min(1).max(500).describe('A glob such as **/*.ts, or part of a file name'),
  path: z.string().default('.').describe('Where to start, relative to the workspace folder'),
  include_ignored: z.boolean().default(false).describe('Find what .gitignore leaves out, too'),
});

type Ports = Pick<ToolPorts, 'folder' | 'goesTo'>;

export const findFiles = defineTool((ports: Ports): Tool<z.infer<typeof parameters>, Look> => ({
  name: 'find_files',
  elsewhere: ['glob', 'find', 'globfilesearch', 'filesearch'],
  summary:
    'Find files and folders by name: a glob (*.ts at any depth, src/**/*.ts from the start), or a part of the path.',
  family: 'file_system',
  effects: ['search'],
  parameters,
  about: A_PATH,
  tried: (path) => ({ path, pattern: '*' }),
  describe(args, context) {
    const title = (shown: string): string => `Find ${visibleLine(args.pattern)} in ${shown}`;
    return describeLooking({ tool: 'find_files', effect: 'search', args, access: () => 'list', title }, ports, context);
  },
  async perform(action, context) {
    const starts = action.resources.map(({ path }) => path);
    const args = action.arguments;
    const matches = isGlob(args.pattern)
      ? globOf(args.pattern)
      : (path: string) => path.toLowerCase().includes(args.pattern.toLowerCase());
    await refuseAbsent(starts, context, ports);
    const found: string[] = [];
    const leftOut = new LeftOut(context, args.pattern);
    const ignored = args.include_ignored ? undefined : new IgnoreFiles(context);
    // A name that the pattern spells out is meant, ignored or not.
    const named = new Set(args.pattern.split('/'));
    let more = '';
    try {
      for await (const { start, entry } of entriesBelow(starts, { context, leftOut, ignored })) {
        const isFound =
          matches(relativeTo(start, entry.path)) || (isGlob(args.pattern) && matches(context.scope.shown(entry.path)));
        if (ignored?.isIgnored(entry) === true) {
          if (!named.has(entry.name)) {
            // Of a file that would not be found anyway, nothing is to be said.
            if (isFound || entry.kind === 'directory') leftOut.ignored(entry);
            continue;
          }
          if (entry.kind === 'directory') ignored.mean(entry.path);
        }
        if (entry.kind === 'directory' && leftOut.isEntered(entry)) await ignored?.enter(entry.path);
        if (!isFound) continue;
        if (found.length === MAX_RESULTS) {
          more = '\n[more not shown]';
          break;
        }
        found.push(visibleLine(context.scope.shown(entry.path)) + (entry.kind === 'directory' ? '/' : ''));
      }
    } catch (error) {
      if (!(error instanceof TooBig)) throw error;
      more = `\n[stopped after ${error.message}; narrow the path]`;
    }
    found.sort();
    return {
      ok: true,
      text:
        (found.length === 0 ? 'Nothing found.' : found.join('\n')) +
        more +
        leftOut.words(found.length === 0 ? 'nothing' : 'something') +
        coveredWords(starts, context),
      facts: { found: found.length },
      contentOf: [],
    };
  },
}));

interface Walk {
  context: CallContext;
  leftOut: LeftOut;
  ignored: IgnoreFiles | undefined;
}

async function* entriesBelow(starts: readonly string[], { context, leftOut, ignored }: Walk) {
  for (const start of starts) {
    await ignored?.begin(start);
    for await (const entry of context.files.walk(start, context.signal, leftOut)) yield { start, entry };
  }
}
