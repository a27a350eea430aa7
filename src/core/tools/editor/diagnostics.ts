import * as z from 'zod';
import type { Look } from '../../../shared/action.ts';
import { visibleLine } from '../../../shared/visible.ts';
import { describeLooking, refuseAbsent } from '../files/looking.ts';
import type { ToolPorts } from '../ports.ts';
import { A_PATH, defineTool, type Tool } from '../tool.ts';
import { asked, MOST_ITEMS, ProblemSchema, WITHOUT_EDITOR } from './asked.ts';
import { judged, leftWords } from './judged.ts';
import { Rows } from './rows.ts';

const SEVERITIES = ['error', 'warning', 'information', 'hint'] as const;

const parameters = z.strictObject({
  path: z.string().default('.').describe('A file or folder, relative to the workspace folder'),
  least: z.enum(SEVERITIES).default('warning').describe('Leave out what weighs less'),
});

type Ports = Pick<ToolPorts, 'folder' | 'goesTo' | 'redactor' | 'languages' | 'outputs'>;

export const diagnostics = defineTool((ports: Ports): Tool<z.infer<typeof parameters>, Look> => ({
  name: 'diagnostics',
  elsewhere: ['getdiagnostics', 'geterrors', 'problems', 'readlints', 'lints'],
  ...(!ports.languages && { unavailable: WITHOUT_EDITOR }),
  summary:
    'What the editor’s language services report: errors and warnings as path:line:column, of unsaved text too. They know files that are open, and of others what the service looks at.',
  family: 'file_system',
  effects: ['search'],
  parameters,
  about: A_PATH,
  tried: (path) => ({ path }),
  describe(args, context) {
    return describeLooking(
      {
        tool: 'diagnostics',
        effect: 'search',
        args,
        access: ({ kind }) => (kind === 'file' ? 'read' : 'list'),
        title: (shown) => `Look for problems in ${shown}`,
      },
      ports,
      context,
    );
  },
  async perform({ resources, arguments: { least } }, context) {
    const starts = resources.map(({ path }) => path);
    await refuseAbsent(starts, context, ports);
    const { signal, scope } = context;
    const heard = await asked((languages) => languages.problems(MOST_ITEMS), ProblemSchema, { ports, signal });
    const most = SEVERITIES.indexOf(least);
    const weighing = heard.items.filter(({ severity }) => SEVERITIES.indexOf(severity) <= most);
    const found = await judged(weighing, starts, { context, ports });
    const rows = new Rows(ports.redactor);
    const sorted = found.items.toSorted(
      (a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) || (a.path < b.path ? -1 : 1),
    );
    for (const { path, line, column, severity, message, source } of sorted)
      rows.add(
        `${visibleLine(scope.shown(path))}:${line}:${column}: ${severity}: `,
        `${message}${source === '' ? '' : ` (${source})`}`,
        path,
      );
    return {
      ok: true,
      text:
        rows.text('No problems are reported.') +
        leftWords({ ...heard, leftOut: found.leftOut, left: heard.left + rows.left }),
      masked: rows.masked,
      facts: { problems: found.items.length, leftOut: found.leftOut },
      contentOf: [...rows.contentOf],
    };
  },
}));
