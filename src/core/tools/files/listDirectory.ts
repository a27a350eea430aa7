import * as z from 'zod';
import type { Look } from '../../../shared/action.ts';
import { visibleLine } from '../../../shared/visible.ts';
import { A_PATH, defineTool, type Tool } from '../tool.ts';
import type { ToolPorts } from '../ports.ts';
import { describeLooking, lookedAt } from './looking.ts';

const MAX_ENTRIES = 1000;

const parameters = z.strictObject({
  path: z.string().default('.').describe('The folder, relative to the workspace folder'),
});

type Ports = Pick<ToolPorts, 'folder' | 'goesTo'>;

export const listDirectory = defineTool((ports: Ports): Tool<z.infer<typeof parameters>, Look> => ({
  name: 'list_directory',
  summary: 'List what is in a folder of the workspace: one name a line, folders with a slash, files with their size.',
  family: 'file_system',
  effects: ['list'],
  parameters,
  about: A_PATH,
  tried: (path) => ({ path }),
  describe(args, context) {
    return describeLooking(
      { tool: 'list_directory', effect: 'list', args, access: () => 'list', title: (shown) => `List ${shown}` },
      ports,
      context,
    );
  },
  async perform(action, context) {
    const entries = await context.files.list(lookedAt(action).path);
    const rows = entries.slice(0, MAX_ENTRIES).map((entry) => {
      const name = visibleLine(entry.name);
      switch (entry.kind) {
        case 'directory':
          return `${name}/`;
        case 'link':
          return `${name} (link)`;
        case 'file':
          return `${name} (${entry.size} bytes)`;
        case 'other':
          return `${name} (not a file)`;
      }
    });
    const more = entries.length > MAX_ENTRIES ? `\n[${entries.length - MAX_ENTRIES} more not shown]` : '';
    return {
      ok: true,
      text: rows.length === 0 ? 'The folder is empty.' : rows.join('\n') + more,
      facts: { entries: entries.length },
      contentOf: [],
    };
  },
}));
