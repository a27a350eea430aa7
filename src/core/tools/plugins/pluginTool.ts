import * as z from 'zod';
import type { Plugin, PluginAction } from '../../../shared/action.ts';
import { cutVisibly, titleOf } from '../../../shared/cut.ts';
import { canonicalJson, type Json } from '../../../shared/json.ts';
import { prefixed } from '../../plugins/declared.ts';
import { schemaIn, textIn } from '../../plugins/definitions.ts';
import { ToolFailure } from '../../outcome.ts';
import { folderEntry } from '../command/contentOf.ts';
import { defineTool, type CallContext, type Performed, type Tool } from '../tool.ts';
import { useCard } from './pluginCards.ts';
import { seenWords } from './replyWords.ts';

const MOST_SUMMARY = 4000;
/** What a model sends is read by the program alone: it says what fits. */
const parameters = z.record(z.string(), z.unknown()) as z.ZodType<Record<string, Json>>;

interface Offered {
  plugin: Plugin;
  tool: string;
  definition: Record<string, Json>;
  digest: string;
  /** Why it cannot be used now; undefined where it can. */
  whyNot: (context: CallContext) => string | undefined;
  use: (args: Record<string, Json>, context: CallContext) => Promise<Omit<Performed, 'contentOf' | 'facts'>>;
}

/** A tool of a running plugin, as it was accepted. */
export const pluginTool = defineTool(
  ({ plugin, tool, definition, digest, whyNot, use }: Offered): Tool<Record<string, Json>, PluginAction> => {
    const name = prefixed(plugin.name, tool);
    const claim = seenWords(textIn(definition, 'description'));
    return {
      name,
      summary: cutVisibly(`Of the plugin ${plugin.name}, in its own words: ${claim}`, MOST_SUMMARY, 0),
      family: 'plugins',
      effects: ['use'],
      parameters,
      schema: schemaIn(definition),
      about: 'Its arguments, as JSON',
      tried: () => ({}),
      describe: (args, context) => {
        const problem = whyNot(context);
        if (problem !== undefined) throw new ToolFailure(problem);
        const { writable, hosts } = plugin;
        return Promise.resolve({
          action: {
            ...{
              tool: name,
              kind: 'plugin',
              effect: 'use',
              resources: [],
              plugin,
              definition: digest,
              arguments: args,
            },
            undo: writable ? 'partly' : hosts.length > 0 ? 'none' : 'nothing',
          },
          title: `Use ${plugin.name}: ${tool} ${titleOf(canonicalJson(args), 80)}`,
          ...(hosts.length > 0 && {
            consequence: ['The plugin could send what it is given to ', { exact: hosts.join(', ') }, '.'],
          }),
          undo: writable
            ? { state: 'partly', words: 'What it changes in its folders is kept with the start of the plugin.' }
            : hosts.length > 0
              ? { state: 'none', words: 'Cannot be undone: what is sent is sent.' }
              : { state: 'nothing', words: 'Nothing to undo: it can change nothing here.' },
          card: useCard(plugin, args, claim),
          where: ['sandbox of the plugin'],
        });
      },
      async perform({ arguments: args }, context) {
        const problem = whyNot(context);
        if (problem !== undefined) throw new ToolFailure(problem);
        const done = await use(args, context);
        return {
          ...done,
          facts: { plugin: plugin.name },
          contentOf: plugin.folders.map((one) => `?${folderEntry(one)}`),
        };
      },
    };
  },
);
