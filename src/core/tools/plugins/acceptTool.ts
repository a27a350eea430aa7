import * as z from 'zod';
import type { Plugin, PluginAction } from '../../../shared/action.ts';
import { canonicalJson } from '../../../shared/json.ts';
import { named } from '../../../shared/named.ts';
import { toolsWords } from '../../plugins/definitions.ts';
import { defineTool, type Tool } from '../tool.ts';
import { acceptCard, type ToAccept } from './pluginCards.ts';

const parameters = z.strictObject({});

interface Accepting {
  plugin: Plugin;
  what: ToAccept;
  hash: (text: string) => string;
  keep: () => Promise<void>;
}

/** A person's word on what a plugin says of its tools: a call like any other, made by the start of it and offered to no model. */
export const acceptTool = defineTool(
  ({ plugin, what, hash, keep }: Accepting): Tool<z.infer<typeof parameters>, PluginAction> => ({
    name: 'accept_plugin',
    summary: 'What a plugin says of its tools is accepted.',
    family: 'plugins',
    effects: ['accept'],
    parameters,
    about: 'Nothing',
    tried: () => ({}),
    describe: () => {
      const isChange = what.changes.length > 0;
      return Promise.resolve({
        action: {
          ...{ tool: 'accept_plugin', kind: 'plugin', effect: 'accept', resources: [], undo: 'nothing', plugin },
          definition: hash(canonicalJson([what.server, Object.fromEntries(what.tools)])),
          arguments: {},
        },
        title: isChange
          ? `Accept what changed in the plugin ${plugin.name}`
          : `Accept ${toolsWords(what.tools.size)} of the plugin ${plugin.name}`,
        consequence: ['The model would read these words, and could act on them.'],
        undo: { state: 'nothing', words: 'Nothing is changed. It can be taken back: oversign plugins forget.' },
        card: acceptCard(what),
      });
    },
    async perform() {
      await keep();
      return {
        ok: true,
        text: `${named(plugin.name)} was accepted.`,
        facts: { tools: what.tools.size },
        contentOf: [],
      };
    },
  }),
);
