import * as z from 'zod';
import type { PluginAction } from '../../../shared/action.ts';
import { ToolFailure } from '../../outcome.ts';
import { canonicalJson } from '../../../shared/json.ts';
import { defineTool, type Tool } from '../tool.ts';
import type { ToolPorts } from '../ports.ts';
import { runnerOf } from '../runner.ts';
import { undoView } from '../files/undo.ts';
import { commandPlace } from '../commandPlace.ts';
import { startCard } from './pluginCards.ts';
import { declaredAs, foundPlugin, launchOf } from './pluginOf.ts';

const parameters = z.strictObject({ plugin: z.string().min(1).max(60).describe('Its name, as the policy has it') });

type Ports = Pick<ToolPorts, 'folder' | 'runners' | 'plugins' | 'foreseeAnything'>;

export const startPlugin = defineTool((ports: Ports): Tool<z.infer<typeof parameters>, PluginAction> => {
  const found = async (name: string, context: Parameters<typeof foundPlugin>[2]): ReturnType<typeof foundPlugin> =>
    foundPlugin(declaredAs(name, context), { folder: ports.folder, port: ports.plugins.port }, context);
  return {
    name: 'start_plugin',
    summary:
      'Start a plugin (an MCP server) that the policy names, and get its tools, which are there from then on as NAME__tool, until this run ends. Call it again where a plugin says that its tools have changed.',
    family: 'plugins',
    effects: ['start'],
    parameters,
    about: 'The name of the plugin',
    tried: (plugin) => ({ plugin }),
    async describe(args, context) {
      const { policy, scope } = context;
      const { plugin, program } = await found(args.plugin, context);
      const runner = runnerOf(policy, ports.runners);
      if (plugin.hosts.length > 0 && runner.hasDoor !== true)
        throw new ToolFailure('this plugin wants hosts, and this sandbox has no way to them');
      const launch = launchOf(plugin, await runner.environment(plugin.variables));
      const canChange = launch.workspace === 'writable';
      const undo = canChange
        ? (await ports.foreseeAnything(commandPlace(context, launch))).undo
        : { kind: 'nothing' as const };
      return {
        action: {
          ...{ tool: 'start_plugin', kind: 'plugin', effect: 'start', plugin, launch, arguments: { ...args } },
          resources: plugin.folders.map((path) => ({ path, access: 'list' as const })),
          undo: undo.kind,
        },
        title: `Start the plugin ${plugin.name}`,
        card: startCard(plugin, program, (path) => scope.shown(path)),
        undo: canChange
          ? undoView(undo, '')
          : { state: 'nothing', words: 'Nothing to undo: it can change nothing here.' },
        where: [plugin.hosts.length > 0 ? 'sandbox, its own hosts' : 'sandbox, no network'],
      };
    },
    async perform({ plugin, launch, arguments: args }, context) {
      if (!launch) throw new Error('a plugin is started as it was described');
      const now = await found(args.plugin, context);
      if (canonicalJson(now.plugin) !== canonicalJson(plugin))
        throw new ToolFailure('the plugin is another one than was decided about; nothing was started');
      return ports.plugins.start(
        { found: now, launch, folder: ports.folder, runner: runnerOf(context.policy, ports.runners) },
        context,
      );
    },
  };
});
