import { code } from '../audit/markdown.ts';
import type { DeclaredPlugin } from './declared.ts';

/** A plugin that a policy names, and what may happen to it before its tools are there. */
export interface PluginStanding extends Omit<DeclaredPlugin, 'tools'> {
  tools: readonly { name: string; accepted: boolean }[];
  state: keyof typeof STATES;
  /** What is wrong where it is broken. */
  why?: string;
}

const STATES = {
  accepted: 'accepted as it is',
  changed: 'its program, or what it is given, changed since it was accepted: it asks again',
  new: 'never accepted: it asks when it is started',
  broken: 'cannot be started',
} as const;

/** What a person is told of one: how it stands, then what it may do, each with its label. */
export function pluginWords(plugin: PluginStanding): { state: string; facts: [label: string, value: string][] } {
  const { command, folders, writable, hosts, variables, tools, state, why } = plugin;
  const or = (list: readonly string[], none: string): string => (list.length === 0 ? none : list.join(', '));
  const may = folders.length === 0 ? '' : writable ? ' (may change them)' : ' (read-only)';
  const named = tools.map(({ name, accepted }) => `${name}${accepted ? '' : ' (not accepted yet)'}`);
  return {
    state: why === undefined ? STATES[state] : `${STATES[state]}: ${why}`,
    facts: [
      ['command', command.map((word) => JSON.stringify(word)).join(' ')],
      ['folders', `${or(folders, 'none')}${may}`],
      ['hosts', or(hosts, 'none, no network')],
      ['variables', or(variables, 'none')],
      ['tools', or(named, 'none: all are off')],
    ],
  };
}

/** The same of all of them, as a page. */
export function pluginsPage(plugins: readonly PluginStanding[]): string {
  const parts = plugins.map((plugin) => {
    const { state, facts } = pluginWords(plugin);
    const lines = facts.map(([label, value]) => `- ${label}: ${code(value)}`);
    return [`## ${code(plugin.name)}`, '', code(state), '', ...lines, ''].join('\n');
  });
  const intro =
    plugins.length === 0
      ? 'Your policy names no plugin (`plugins.servers`).'
      : 'Programs whose tools the agent may use. Each starts when it is first needed, and ends with its run.';
  return ['# Plugins', '', intro, '', ...parts].join('\n');
}
