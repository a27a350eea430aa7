import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { composeEngine } from '../compose.ts';
import { Failure } from '../core/outcome.ts';
import type { DeclaredPlugin } from '../core/plugins/declared.ts';
import type { Pinned, PluginPort } from '../core/plugins/port.ts';
import { bindingOf } from '../core/tools/plugins/pluginOf.ts';
import { sha256 } from '../node/files/hash.ts';
import { decidingParts, type DecidingOptions } from '../node/lab/decidingParts.ts';
import { visibleLine } from '../shared/visible.ts';
import { exitCode } from './exitCodes.ts';
import { refuse } from './faults.ts';
import { writeObject } from './jsonObject.ts';

/** How a plugin stands: what may happen to it before its tools are there. */
const STATES = {
  accepted: 'accepted as it is',
  changed: 'its program, or what it is given, changed since it was accepted: it asks again',
  new: 'never accepted: it asks when it is started',
  broken: 'cannot be started',
} as const;

/** `oversign plugins [forget NAME]`: the plugins that the policy names, and what was accepted of each. Nothing is started. */
export async function plugins(words: readonly string[], options: DecidingOptions & { json: boolean }): Promise<number> {
  const [command, name, ...more] = words;
  const isForgetting = command === 'forget' && name !== undefined && more.length === 0;
  if (command !== undefined && !isForgetting) return refuse('usage', 'plugins, or plugins forget NAME');
  const parts = await decidingParts(options);
  const [folder = ''] = parts.roots;
  if (isForgetting) return forget(folder, name, parts.plugins);
  const policy = await composeEngine(parts).policyLookedThrough();
  const declared = policy.plugins.value;
  if (declared.length === 0 && !options.json) process.stdout.write('Your policy names no plugin (plugins.servers).\n');
  for (const plugin of declared) {
    const pinned = parts.plugins.pins.of(folder, plugin.name);
    const { state, words: why } = await stateOf(plugin, pinned, { folder, port: parts.plugins });
    const tools = plugin.tools.map((tool) => ({
      name: tool,
      accepted: pinned !== undefined && Object.hasOwn(pinned.tools, tool),
    }));
    if (options.json) writeObject('plugin', { ...plugin, state, tools });
    else process.stdout.write(`${lines(plugin, tools, why).map(visibleLine).join('\n')}\n`);
  }
  return exitCode('done');
}

async function forget(folder: string, name: string, { pins }: PluginPort): Promise<number> {
  if (!(await pins.forget(folder, name))) return refuse('failed', `nothing of a plugin "${name}" was accepted here`);
  process.stdout.write(`${visibleLine(name)} is forgotten: it asks again when it is started.\n`);
  return exitCode('done');
}

async function stateOf(
  declared: DeclaredPlugin,
  pinned: Pinned | undefined,
  { folder, port }: { folder: string; port: PluginPort },
): Promise<{ state: keyof typeof STATES; words: string }> {
  try {
    const folders = await Promise.all(declared.folders.map((one) => realpath(resolve(folder, one))));
    const { tools: _tools, ...rest } = declared;
    const program = await port.program(declared.command, folders[0] ?? '/tmp', new AbortController().signal);
    const plugin = {
      ...{ ...rest, folders, program: program.digest },
      ...{ command: [...rest.command], hosts: [...rest.hosts], variables: [...rest.variables] },
    };
    const state = !pinned ? 'new' : pinned.binding === bindingOf(plugin, sha256) ? 'accepted' : 'changed';
    return { state, words: STATES[state] };
  } catch (error) {
    if (error instanceof Failure || (error instanceof Error && 'code' in error))
      return { state: 'broken', words: `${STATES.broken}: ${error.message}` };
    throw error;
  }
}

function lines(
  { name, command, folders, writable, hosts, variables }: DeclaredPlugin,
  tools: readonly { name: string; accepted: boolean }[],
  state: string,
): string[] {
  const or = (list: readonly string[], none: string): string => (list.length === 0 ? none : list.join(', '));
  return [
    `${name}: ${state}`,
    `  command: ${command.map((word) => JSON.stringify(word)).join(' ')}`,
    `  folders: ${or(folders, 'none')}${folders.length === 0 ? '' : writable ? ' (may change them)' : ' (read-only)'}`,
    `  hosts: ${or(hosts, 'none, no network')}`,
    `  variables: ${or(variables, 'none')}`,
    `  tools: ${or(
      tools.map((tool) => `${tool.name}${tool.accepted ? '' : ' (not accepted yet)'}`),
      'none: all are off',
    )}`,
  ];
}
