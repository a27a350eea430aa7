import * as z from 'zod';
import type { Look } from '../../../shared/action.ts';
import { visibleLine } from '../../../shared/visible.ts';
import type { FileEntry } from '../../scope/files.ts';
import { A_PATH, defineTool, type Tool } from '../tool.ts';
import type { ToolPorts } from '../ports.ts';
import { coveredWords, describeLooking } from './looking.ts';

const MAX_ENTRIES = 1000;

const parameters = z.strictObject({
  path: z.string().default('.').describe('The folder, relative to the workspace folder'),
});

type Ports = Pick<ToolPorts, 'folder' | 'goesTo'>;

export const listDirectory = defineTool((ports: Ports): Tool<z.infer<typeof parameters>, Look> => ({
  name: 'list_directory',
  elsewhere: ['ls', 'list', 'listdir', 'listfiles', 'readdir'],
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
    const paths = action.resources.map(({ path }) => path);
    const parts: string[] = [];
    let entries = 0;
    for (const path of paths) {
      const listed = await context.files.list(path);
      entries += listed.length;
      const head = paths.length === 1 ? '' : `${context.scope.shown(path)}:\n`;
      parts.push(head + rowsOf(listed));
    }
    return {
      ok: true,
      text: parts.join('\n\n') + coveredWords(paths, context),
      facts: { entries },
      contentOf: [],
    };
  },
}));

function rowsOf(entries: readonly FileEntry[]): string {
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
  return rows.length === 0 ? 'The folder is empty.' : rows.join('\n') + more;
}
