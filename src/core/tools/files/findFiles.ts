import * as z from 'zod';
import type { Look } from '../../../shared/action.ts';
import { visibleLine } from '../../../shared/visible.ts';
import { isGlob } from '../../scope/glob.ts';
import { relativeTo } from '../../scope/spelling.ts';
import { TooBig } from '../effort.ts';
import { globOf } from '../text.ts';
import { A_PATH, defineTool, type Tool } from '../tool.ts';
import type { ToolPorts } from '../ports.ts';
import { describeLooking, lookedAt, PASSED_OVER } from './looking.ts';

const MAX_RESULTS = 500;

const parameters = z.strictObject({
  pattern: z.string().min(1).max(500).describe('A glob such as **/*.ts, or part of a file name'),
  path: z.string().default('.').describe('Where to start, relative to the workspace folder'),
});

type Ports = Pick<ToolPorts, 'folder' | 'goesTo'>;

export const findFiles = defineTool((ports: Ports): Tool<z.infer<typeof parameters>, Look> => ({
  name: 'find_files',
  summary: 'Find files by name: a glob against the path below the start, or a part of the name.',
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
    const { path: start } = lookedAt(action);
    const args = action.arguments;
    const matches = isGlob(args.pattern)
      ? globOf(args.pattern)
      : (path: string) => path.toLowerCase().includes(args.pattern.toLowerCase());
    const found: string[] = [];
    let more = '';
    try {
      for await (const entry of context.files.walk(start, context.signal)) {
        const below = relativeTo(start, entry.path);
        if (below.split('/').some((part) => PASSED_OVER.has(part) && !args.pattern.includes(part))) continue;
        if (entry.kind === 'directory' || !matches(below)) continue;
        if (found.length === MAX_RESULTS) {
          more = '\n[more not shown]';
          break;
        }
        found.push(visibleLine(context.scope.shown(entry.path)));
      }
    } catch (error) {
      if (!(error instanceof TooBig)) throw error;
      more = `\n[stopped after ${error.message}; narrow the path]`;
    }
    found.sort();
    return {
      ok: true,
      text: (found.length === 0 ? 'Nothing found.' : found.join('\n')) + more,
      facts: { found: found.length },
      contentOf: [],
    };
  },
}));
