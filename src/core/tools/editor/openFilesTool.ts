import * as z from 'zod';
import type { Look } from '../../../shared/action.ts';
import { visibleLine } from '../../../shared/visible.ts';
import { describeLooking } from '../files/looking.ts';
import type { ToolPorts } from '../ports.ts';
import { A_PATH, defineTool, type Tool } from '../tool.ts';
import { asked, MOST_ITEMS, OpenFileSchema, WITHOUT_EDITOR } from './asked.ts';
import { judged, leftWords } from './judged.ts';
import { Rows } from './rows.ts';

const parameters = z.strictObject({
  path: z.string().default('.').describe('Only those in this folder, relative to the workspace folder'),
});

type Ports = Pick<ToolPorts, 'folder' | 'goesTo' | 'redactor' | 'languages' | 'outputs'>;

const STATES = { focused: 'the user works in it', shown: 'in sight', behind: 'in a tab behind others' } as const;

export const openFilesTool = defineTool((ports: Ports): Tool<z.infer<typeof parameters>, Look> => ({
  name: 'open_files',
  elsewhere: ['getopenfiles', 'openeditors', 'listopenfiles', 'opentabs', 'getopeneditors'],
  ...(!ports.languages && { unavailable: WITHOUT_EDITOR }),
  summary: 'Which files the user has open in the editor, which of them they look at, and which are unsaved.',
  family: 'file_system',
  effects: ['list'],
  parameters,
  about: A_PATH,
  tried: (path) => ({ path }),
  describe(args, context) {
    return describeLooking(
      {
        ...{ tool: 'open_files', effect: 'list', args, access: () => 'list' },
        title: (shown) => `List what is open in ${shown}`,
      },
      ports,
      context,
    );
  },
  async perform({ resources }, context) {
    const starts = resources.map(({ path }) => path);
    const { signal, scope } = context;
    const heard = await asked((languages) => languages.openFiles(MOST_ITEMS), OpenFileSchema, { ports, signal });
    const found = await judged(heard.items, starts, { context, ports });
    const rows = new Rows(ports.redactor);
    for (const { path, state, isUnsaved } of found.items)
      rows.add(`${visibleLine(scope.shown(path))}: `, `${STATES[state]}${isUnsaved ? ', unsaved' : ''}`, path);
    return {
      ok: true,
      text:
        rows.text('No file of it is open.') +
        leftWords({ ...heard, leftOut: found.leftOut, left: heard.left + rows.left }),
      facts: { files: found.items.length, leftOut: found.leftOut },
      contentOf: [],
    };
  },
}));
