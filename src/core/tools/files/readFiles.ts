import * as z from 'zod';
import type { Look, Resource } from '../../../shared/action.ts';
import { visibleLine } from '../../../shared/visible.ts';
import { Forbidden } from '../../scope/guard.ts';
import { ToolFailure } from '../../outcome.ts';
import type { ToolPorts } from '../ports.ts';
import { A_PATH, defineTool, type CallContext, type Tool } from '../tool.ts';
import { readCard } from './looking.ts';
import { MAX_CHARACTERS, readPart, refuseBackwards } from './reading.ts';
import { NOTHING_CHANGES } from './undo.ts';

const MOST_NAMED = 4;

const parameters = z.strictObject({
  files: z
    .array(
      z.strictObject({
        path: z.string().describe('The file, relative to the workspace folder'),
        start_line: z.int().min(1).exactOptional(),
        end_line: z.int().min(1).exactOptional(),
      }),
    )
    .min(1)
    .max(20)
    .describe('Each with the lines that are wanted of it; one may come several times'),
});

type Args = z.infer<typeof parameters>;
type Ports = Pick<ToolPorts, 'folder' | 'goesTo' | 'redactor' | 'encodings'>;

export const readFiles = defineTool((ports: Ports): Tool<Args, Look> => ({
  name: 'read_files',
  summary: 'Read several text files, or several ranges of lines, at once. What cannot be read is said in its place.',
  family: 'file_system',
  effects: ['read'],
  includes: ['read_file'],
  parameters,
  about: A_PATH,
  tried: (path) => ({ files: [{ path }] }),
  async describe(args, context) {
    for (const file of args.files) refuseBackwards(file);
    const paths = [...new Set(await pathsOf(args, ports, context))];
    const names = paths.map((path) => context.scope.shown(path));
    const more = names.length > MOST_NAMED ? ` and ${names.length - MOST_NAMED} more` : '';
    return {
      action: {
        ...{ tool: 'read_files', kind: 'look', effect: 'read', undo: 'nothing' },
        resources: paths.map((path): Resource => ({ path, access: 'read' })),
        arguments: { files: args.files.map((file) => ({ ...file })) },
      },
      title: `Read ${names.slice(0, MOST_NAMED).join(', ')}${more}`,
      card: readCard(names.join(', '), ports.goesTo()),
      undo: NOTHING_CHANGES,
    };
  },
  async perform({ arguments: args, resources }, context) {
    const paths = await pathsOf(args, ports, context);
    const parts: string[] = [];
    const read = new Set<string>();
    let [masked, lines, left] = [0, 0, MAX_CHARACTERS];
    for (const [index, range] of args.files.entries()) {
      const path = paths[index] ?? '';
      if (!resources.some((one) => one.path === path))
        throw new ToolFailure('a link leads elsewhere by now; read again');
      const name = `== ${visibleLine(context.scope.shown(path))} ==`;
      try {
        const part = await readPart(path, range, left, { context, ports });
        parts.push(`${name}\n${part.text}`);
        left = Math.max(0, left - part.text.length);
        masked += part.masked;
        lines += part.lines;
        read.add(path);
      } catch (error) {
        // Denied by now: one deny rule shuts this door, whatever else was read.
        if (error instanceof Forbidden || !(error instanceof ToolFailure)) throw error;
        parts.push(`${name}\n[not read: ${error.message}]\n`);
      }
    }
    return {
      ok: read.size > 0,
      text: parts.join('\n'),
      masked,
      facts: { files: read.size, lines },
      contentOf: [...read],
    };
  },
}));

async function pathsOf({ files }: Args, ports: Ports, context: CallContext): Promise<string[]> {
  const paths: string[] = [];
  for (const { path } of files)
    paths.push((await context.files.look(context.scope.meant(path), ports.folder, 'followed')).path);
  return paths;
}
