import * as z from 'zod';
import type { Follow } from '../../shared/action.ts';
import { Cancelled, throwIfStopped } from '../outcome.ts';
import { followed } from './outputs/followed.ts';
import { stateWords } from './outputs/outputWords.ts';
import { defineTool, type Tool } from './tool.ts';
import type { ToolPorts } from './ports.ts';

const parameters = z.strictObject({ output: z.number().int().min(1).describe('The number of its output') });

/** What it left is looked through before it counts as over; that may take long, and goes on by itself then. */
const MOST_MS = 20_000;

type Ports = Pick<ToolPorts, 'outputs'>;

export const stopCommand = defineTool((ports: Ports): Tool<z.infer<typeof parameters>, Follow> => ({
  name: 'stop_command',
  elsewhere: ['killshell', 'killbash', 'taskstop'],
  summary: 'End a command of this run that goes on in the background, with everything that it started.',
  family: 'code_execution',
  effects: ['stop'],
  parameters,
  about: 'The number of its output',
  tried: (output) => ({ output: Number.parseInt(output, 10) || 1 }),
  describe: (args) => {
    const { number, title } = ports.outputs.of(args.output);
    return followed({ tool: 'stop_command', effect: 'stop', args, title: `Stop command ${number}: ${title}` });
  },
  async perform({ arguments: args }, { signal }) {
    const output = ports.outputs.of(args.output);
    const wasOver = output.ended() !== undefined;
    if (!wasOver) output.stop(new Cancelled('the agent ended it'));
    await ports.outputs.within(output.whenEnded, MOST_MS);
    throwIfStopped(signal);
    const words = [...(output.ended() ?? [`[${stateWords(output, ports.outputs.now())}: it is being ended]`])];
    return {
      ok: true,
      text: [wasOver ? `Output ${args.output} was over before.` : `Command ${args.output} was ended.`, ...words].join(
        '\n',
      ),
      facts: { output: args.output, ...(wasOver && { wasOver }) },
      contentOf: [],
    };
  },
}));
