import * as z from 'zod';
import type { Look } from '../../../shared/action.ts';
import { visibleLine } from '../../../shared/visible.ts';
import type { CodeFound, CodePlace, LanguageServices } from '../../editor/languages.ts';
import { describeLooking, lookedAt } from '../files/looking.ts';
import type { ToolPorts } from '../ports.ts';
import { A_PATH, type CallContext, type Description, type Performed, type Tool } from '../tool.ts';
import { asked, PlaceSchema, WITHOUT_EDITOR } from './asked.ts';
import { judged, leftWords } from './judged.ts';
import { linesReader, Rows } from './rows.ts';
import { symbolAt, symbolParameters, type SymbolArguments } from './symbolAt.ts';

export type PlacePorts = Pick<ToolPorts, 'folder' | 'goesTo' | 'redactor' | 'languages' | 'outputs' | 'encodings'>;

const parameters = z.strictObject(symbolParameters);

/** What tools about one symbol have in common: they are told places, and show the lines that stand there. */
export function placesTool(
  {
    name,
    title,
    nothing,
    ask,
  }: {
    name: string;
    /** "Look for what uses": the symbol follows. */
    title: string;
    nothing: string;
    ask: (languages: LanguageServices, place: CodePlace) => Promise<CodeFound<CodePlace>>;
  },
  ports: PlacePorts,
): Pick<
  Tool<SymbolArguments, Look>,
  'family' | 'effects' | 'parameters' | 'about' | 'tried' | 'describe' | 'perform' | 'unavailable'
> {
  return {
    family: 'file_system',
    effects: ['search'],
    ...(!ports.languages && { unavailable: WITHOUT_EDITOR }),
    parameters,
    about: A_PATH,
    tried: (path) => ({ path, line: 1, symbol: 'x' }),
    describe: (args, context): Promise<Description<SymbolArguments, Look>> =>
      describeLooking(
        {
          ...{ tool: name, effect: 'search', args: { ...args }, access: () => 'read' },
          title: (shown) => `${title} ${visibleLine(args.symbol)} in ${shown}`,
        },
        ports,
        context,
      ),
    async perform(action, context): Promise<Performed> {
      const place = await symbolAt(lookedAt(action).path, action.arguments, { context, ports });
      const { signal } = context;
      const heard = await asked((languages) => ask(languages, place), PlaceSchema, { ports, signal });
      const found = await judged(heard.items, undefined, { context, ports });
      const rows = await placeRows(found.items, context, ports);
      return {
        ok: true,
        text: rows.text(nothing) + leftWords({ ...heard, leftOut: found.leftOut, left: heard.left + rows.left }),
        masked: rows.masked,
        facts: { places: found.items.length, leftOut: found.leftOut },
        contentOf: [...rows.contentOf],
      };
    },
  };
}

/** Each place with its line, once. */
async function placeRows(places: readonly CodePlace[], context: CallContext, ports: PlacePorts): Promise<Rows> {
  const rows = new Rows(ports.redactor);
  const linesOf = linesReader(context, ports);
  const seen = new Set<string>();
  for (const { path, line } of places) {
    const head = `${visibleLine(context.scope.shown(path))}:${line}: `;
    if (seen.has(head)) continue;
    seen.add(head);
    const text = rows.isFull ? '' : ((await linesOf(path))?.[line - 1] ?? '');
    rows.add(head, text.trim(), path);
  }
  return rows;
}
