import * as z from 'zod';
import type { Look } from '../../../shared/action.ts';
import { visibleLine } from '../../../shared/visible.ts';
import { ToolFailure } from '../../outcome.ts';
import { describeLooking, refuseAbsent } from '../files/looking.ts';
import type { ToolPorts } from '../ports.ts';
import { A_PATH, defineTool, type Tool } from '../tool.ts';
import { asked, MOST_ITEMS, SymbolSchema, WITHOUT_EDITOR } from './asked.ts';
import { judged, leftWords } from './judged.ts';
import { Rows } from './rows.ts';

const parameters = z.strictObject({
  path: z.string().default('.').describe('A file, or with a query a folder, relative to the workspace folder'),
  query: z.string().max(300).default('').describe('Only symbols whose names have this in them'),
});

type Ports = Pick<ToolPorts, 'folder' | 'goesTo' | 'redactor' | 'languages' | 'outputs'>;

export const symbols = defineTool((ports: Ports): Tool<z.infer<typeof parameters>, Look> => ({
  name: 'symbols',
  elsewhere: ['documentsymbols', 'workspacesymbols', 'outline', 'findsymbol', 'listsymbols'],
  ...(!ports.languages && { unavailable: WITHOUT_EDITOR }),
  summary:
    'The functions, classes and variables that a file defines, or those of the workspace whose names have a query in them, as the editor’s language services know them.',
  family: 'file_system',
  effects: ['search'],
  parameters,
  about: A_PATH,
  tried: (path) => ({ path, query: 'x' }),
  describe(args, context) {
    return describeLooking(
      {
        tool: 'symbols',
        effect: 'search',
        args,
        access: ({ kind }) => (kind === 'file' ? 'read' : 'list'),
        title: (shown) => `Look for symbols${args.query === '' ? '' : ` ${visibleLine(args.query)}`} in ${shown}`,
      },
      ports,
      context,
    );
  },
  async perform({ resources, arguments: { query } }, context) {
    const starts = resources.map(({ path }) => path);
    await refuseAbsent(starts, context, ports);
    const [first] = resources;
    const isFile = first?.access === 'read';
    if (!isFile && query === '') throw new ToolFailure('of a folder, only symbols are listed that a query names');
    const { signal, scope } = context;
    const heard = await asked(
      (languages) => (isFile ? languages.symbolsIn(first.path, MOST_ITEMS) : languages.symbolsNamed(query, MOST_ITEMS)),
      SymbolSchema,
      { ports, signal },
    );
    const wanted = query.toLowerCase();
    const fitting = heard.items.filter(({ name }) => !isFile || name.toLowerCase().includes(wanted));
    const found = await judged(fitting, starts, { context, ports });
    const rows = new Rows(ports.redactor);
    for (const { path, line, kind, name, within } of found.items)
      rows.add(
        `${visibleLine(scope.shown(path))}:${line}: `,
        `${kind} ${name}${within === '' ? '' : ` (in ${within})`}`,
        path,
      );
    return {
      ok: true,
      text:
        rows.text('No symbols are known there.') +
        leftWords({ ...heard, leftOut: found.leftOut, left: heard.left + rows.left }),
      masked: rows.masked,
      facts: { symbols: found.items.length, leftOut: found.leftOut },
      contentOf: [...rows.contentOf],
    };
  },
}));
