import type { Run } from '../../shared/action.ts';
import { commandParameters, type CommandArguments } from './command/commandArguments.ts';
import { commandEffects } from './command/commandEffects.ts';
import { describeCommand } from './command/describeCommand.ts';
import { performCommand } from './command/performCommand.ts';
import { defineTool, type Tool, type CallContext } from './tool.ts';
import type { ToolPorts } from './ports.ts';

type Ports = Pick<
  ToolPorts,
  'folder' | 'redactor' | 'runners' | 'scriptWatch' | 'versionControl' | 'outputs' | 'foreseeAnything'
>;

export const runCommand = defineTool((ports: Ports): Tool<CommandArguments, Run> => ({
  name: 'run_command',
  elsewhere: [
    'bash',
    'shell',
    'exec',
    'execute',
    'executebash',
    'executecommand',
    'runterminalcmd',
    'runinterminal',
    'runshellcommand',
    'terminal',
  ],
  summary:
    'Run a bash command, in a sandbox unless the policy says otherwise: there the workspace is writable, hosts are reached only where they are allowed, and nothing it starts outlives this run. Commands that are known to only look run without a question, with the workspace read-only. One that takes long goes on in the background: read_output reads what it puts out and waits for it, stop_command ends it. Of long output the beginning and the end are shown, and read_output has all of it.',
  family: 'bash',
  effects: ['execute'],
  parameters: commandParameters,
  about: 'The command line',
  tried: (command) => ({ command }),
  editable: { argument: 'command', label: 'The command' },
  describe: (args, context) => describeCommand({ tool: 'run_command', args }, ports, onDisk(context)),
  perform: (action, context) => performCommand(action, ports, onDisk(context)),
  showEffects: (action, context) => commandEffects(action, ports, onDisk(context)),
}));

/** A command sees the disk, whatever the editor holds: what it is bound to, and what it would take away, is there. */
function onDisk(context: CallContext): CallContext {
  return { ...context, files: context.files.onDisk() };
}
