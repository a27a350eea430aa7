import * as z from 'zod';
import type { Look } from '../../../shared/action.ts';
import { A_PATH, defineTool, type Tool } from '../tool.ts';
import type { ToolPorts } from '../ports.ts';
import { ToolFailure } from '../../outcome.ts';
import { describeLooking, lookedAt } from './looking.ts';
import { readImage } from './readImage.ts';
import { MAX_CHARACTERS, readPart, refuseBackwards } from './reading.ts';

const parameters = z.strictObject({
  path: z.string().describe('The file, relative to the workspace folder'),
  start_line: z.number().int().min(1).exactOptional().describe('First line to read, counted from 1'),
  end_line: z.number().int().min(1).exactOptional().describe('Last line to read'),
});

type Ports = Pick<ToolPorts, 'folder' | 'goesTo' | 'redactor' | 'encodings' | 'takesImages'>;

export const readFile = defineTool((ports: Ports): Tool<z.infer<typeof parameters>, Look> => ({
  name: 'read_file',
  elsewhere: ['read', 'cat', 'view', 'viewfile', 'openfile', 'readtextfile'],
  summary:
    'Read a text file of the workspace, or a range of its lines, or an image. Lines come numbered. Of a notebook the cells are shown, without what they put out.',
  family: 'file_system',
  effects: ['read'],
  parameters,
  about: A_PATH,
  tried: (path) => ({ path }),
  async describe(args, context) {
    refuseBackwards(args);
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
    const { size } = await context.files.look(path, ports.folder, 'itself');
    const image = await readImage(path, size, context, ports);
    if (image) {
      const text = `${context.scope.shown(path)} is an image (${image.mediaType}, ${size} bytes); it is shown with this result.`;
      return { ok: true, text, facts: { image: true }, contentOf: [path], images: [image] };
    }
    const { text, masked, lines } = await readPart(path, action.arguments, MAX_CHARACTERS, { context, ports });
    return { ok: true, text, masked, facts: { lines }, contentOf: [path] };
  },
}));
