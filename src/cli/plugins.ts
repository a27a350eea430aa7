import { composeEngine } from '../compose.ts';
import type { PluginPort } from '../core/plugins/port.ts';
import { pluginWords } from '../core/plugins/standing.ts';
import { decidingParts, type DecidingOptions } from '../node/lab/decidingParts.ts';
import { pluginsNow } from '../node/plugins/standing.ts';
import { visibleLine } from '../shared/visible.ts';
import { exitCode } from './exitCodes.ts';
import { refuse } from './faults.ts';
import { writeObject } from './jsonObject.ts';

/** `oversign plugins [forget NAME]`: the plugins that the policy names, and what was accepted of each. Nothing is started. */
export async function plugins(words: readonly string[], options: DecidingOptions & { json: boolean }): Promise<number> {
  const [command, name, ...more] = words;
  const isForgetting = command === 'forget' && name !== undefined && more.length === 0;
  if (command !== undefined && !isForgetting) return refuse('usage', 'plugins, or plugins forget NAME');
  const parts = await decidingParts(options);
  const [folder = ''] = parts.roots;
  if (isForgetting) return forget(folder, name, parts.plugins);
  const declared = (await composeEngine(parts).policyLookedThrough()).plugins.value;
  if (declared.length === 0 && !options.json) process.stdout.write('Your policy names no plugin (plugins.servers).\n');
  for (const plugin of await pluginsNow(declared, { folder, port: parts.plugins })) {
    const { state, facts } = pluginWords(plugin);
    const lines = [`${plugin.name}: ${state}`, ...facts.map(([label, value]) => `  ${label}: ${value}`)];
    if (options.json) writeObject('plugin', plugin);
    else process.stdout.write(`${lines.map(visibleLine).join('\n')}\n`);
  }
  return exitCode('done');
}

async function forget(folder: string, name: string, { pins }: PluginPort): Promise<number> {
  if (!(await pins.forget(folder, name))) return refuse('failed', `nothing of a plugin "${name}" was accepted here`);
  process.stdout.write(`${visibleLine(name)} is forgotten: it asks again when it is started.\n`);
  return exitCode('done');
}
