import { defineTool, type Tool } from '../tool.ts';
import type { Look } from '../../../shared/action.ts';
import { MOST_ITEMS } from './asked.ts';
import { placesTool, type PlacePorts } from './placesOf.ts';
import type { SymbolArguments } from './symbolAt.ts';

export const references = defineTool((ports: PlacePorts): Tool<SymbolArguments, Look> => ({
  ...placesTool(
    {
      name: 'references',
      title: 'Look for what uses',
      nothing: 'Nothing is known that uses it.',
      ask: (languages, place) => languages.references(place, MOST_ITEMS),
    },
    ports,
  ),
  name: 'references',
  elsewhere: ['findreferences', 'findusages', 'listcodeusages', 'usages', 'getreferences'],
  summary: 'Where the editor’s language services say that a symbol is used, with the lines, its definition among them.',
}));
