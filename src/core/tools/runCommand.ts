import * as z from 'zod';
import { visible } from '../../shared/visible.ts';
import type { EffectivePolicy } from '../policy/merge.ts';
import type { Ending, Limits } from '../sandbox/port.ts';
import { ToolFailure } from './failure.ts';
import { shortened } from './text.ts';
import { anyTool, type Tool } from './tool.ts';

const MAX_COMMAND = 20_000;
const OUTPUT_KEPT = 262_144;
const OUTPUT_TO_MODEL = 30_000;

const parameters = z.strictObject({
  command: z.string().min(1).max(MAX_COMMAND).describe('A bash command line'),
  folder: z.string().default('.').describe('Where to run it, relative to the workspace folder'),
});

const tool: Tool<z.infer<typeof parameters>> = {
  name: 'run_command',
  summary:
    'Run a bash command in a sandbox: the workspace is writable, there is no network, and nothing it starts outlives it.',
  family: 'code_execution',
  parameters,
  async describe(args, context) {
    if (args.command.includes('\0')) throw new ToolFailure('the command contains a NUL byte');
    const look = await context.files.look(args.folder, context.folder, 'followed');
    const shown = context.scope.shown(look.path);
    if (look.kind !== 'directory') throw new ToolFailure(`${shown} is not a folder`);
    const limits = limitsOf(context.policy);
    const status = await context.sandbox.status(limits);
    const environment = await context.sandbox.environment(context.policy.variables.value);
    return {
      action: {
        tool: 'run_command',
        effect: 'execute',
        resources: [{ path: look.path, access: 'list' }],
        arguments: { ...args },
        preImages: [],
        launch: { argv: ['/bin/bash', '-c', args.command], cwd: look.path, environment },
        undo: 'none',
      },
      title: `Run ${visible(args.command.split('\n')[0] ?? '').slice(0, 120)}`,
      card: {
        kind: 'command',
        command: visible(args.command),
        cwd: shown,
        sandbox: status.works ? status.words : status.cause,
        environment: Object.keys(environment).sort(),
        timeoutSeconds: context.policy.codeTimeoutSeconds.value,
        limits: status.works
          ? status.limits.map(
              (limit) =>
                `${limit.name} ${limit.value} (${limit.how === 'watched' ? 'watched, may overshoot' : 'enforced'})`,
            )
          : [],
      },
      undo: 'What a command changes in the workspace cannot be undone in this version.',
    };
  },
  async perform(_args, action, context, signal) {
    if (!action.launch) throw new Error('a command action has a launch');
    const { scope, policy, redactor } = context;
    const result = await context.sandbox.run(
      {
        launch: action.launch,
        writable: scope.roots,
        isDenied: (path) => scope.isHidden(path),
        isProtected: (path) => scope.isProtected(path),
        limits: limitsOf(policy),
        timeoutMs: policy.codeTimeoutSeconds.value * 1000,
        outputCap: OUTPUT_KEPT,
      },
      signal,
    );
    const words = [endingWords(result.ending), ...result.quarantined];
    const isCut = result.outputBytes > OUTPUT_KEPT;
    const output = isCut ? redactor.growing(result.output) : redactor.text(result.output);
    const lost = isCut ? [`[output was ${result.outputBytes} bytes; only the first ${OUTPUT_KEPT} were kept]`] : [];
    return {
      ok: result.ending.kind === 'exited' && result.ending.code === 0,
      text: [shortened(output, OUTPUT_TO_MODEL), ...lost, ...words].filter((line) => line !== '').join('\n'),
      facts: {
        ending: result.ending.kind,
        ...(result.ending.kind === 'exited' && { exit: result.ending.code }),
        ...(result.ending.kind === 'limit' && { limit: result.ending.limit }),
        outputBytes: result.outputBytes,
        quarantined: result.quarantined.length,
      },
      contentOf: [],
    };
  },
};
export const runCommand = anyTool(tool);

/** What a command may use, as the sandbox wants it. */
export function limitsOf(policy: EffectivePolicy): Limits {
  return {
    memoryBytes: policy.limits.memoryBytes.value,
    cpuSeconds: policy.limits.cpuSeconds.value,
    diskBytes: policy.limits.diskBytes.value,
    processes: policy.limits.processes.value,
  };
}

function endingWords(ending: Ending): string {
  switch (ending.kind) {
    case 'exited':
      return `[exit code ${ending.code}]`;
    case 'killed':
      return `[ended by signal ${ending.signal}]`;
    case 'timeout':
      return `[stopped: it ran longer than ${ending.seconds} s]`;
    case 'limit':
      return `[stopped: it went over the ${ending.limit} limit]`;
    case 'stopped':
      return '[stopped]';
    case 'violation':
      return `[stopped: ${ending.what}]`;
  }
}
