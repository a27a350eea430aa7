import { defineTool, type Tool } from '../tool.ts';
import type { Look } from '../../../shared/action.ts';
import { MOST_ITEMS } from './asked.ts';
import { placesTool, type PlacePorts } from './placesOf.ts';
import type { SymbolArguments } from './symbolAt.ts';

export const definition = defineTool((ports: PlacePorts): Tool<SymbolArguments, Look> => ({
  ...placesTool(
    {
      name: 'definition',
      title: 'Look for the definition of',
      nothing: 'No definition is known.',
      ask: (languages, place) => languages.definitions(place, MOST_ITEMS),
    },
    ports,
  ),
  name: 'definition',
  elsewhere: ['gotodefinition', 'finddefinition', 'getdefinition'],
  summary:
    'Where the editor’s language services say that a symbol is defined, with the line. Better than searching for its name where that means several things.',
}));
