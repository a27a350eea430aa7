import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Failure } from '../../core/outcome.ts';
import { bindingOf } from '../../core/plugins/binding.ts';
import type { DeclaredPlugin } from '../../core/plugins/declared.ts';
import type { Pinned, PluginPort } from '../../core/plugins/port.ts';
import type { PluginStanding } from '../../core/plugins/standing.ts';
import { sha256 } from '../files/hash.ts';

interface Where {
  /** The workspace folder. */
  folder: string;
  port: PluginPort;
}

/** How the plugins stand that a policy names: what was accepted of each, and whether it is still that. Nothing is started. */
export function pluginsNow(declared: readonly DeclaredPlugin[], where: Where): Promise<PluginStanding[]> {
  return Promise.all(
    declared.map(async (plugin) => {
      const pinned = where.port.pins.of(where.folder, plugin.name);
      const tools = plugin.tools.map((name) => ({
        name,
        accepted: pinned !== undefined && Object.hasOwn(pinned.tools, name),
      }));
      return { ...plugin, tools, ...(await stateOf(plugin, pinned, where)) };
    }),
  );
}

async function stateOf(
  declared: DeclaredPlugin,
  pinned: Pinned | undefined,
  { folder, port }: Where,
): Promise<Pick<PluginStanding, 'state' | 'why'>> {
  try {
    const folders = await Promise.all(declared.folders.map((one) => realpath(resolve(folder, one))));
    const { name, command, writable, hosts, variables } = declared;
    const { digest: program } = await port.program(command, folders[0] ?? '/tmp', new AbortController().signal);
    const lists = { command: [...command], hosts: [...hosts], variables: [...variables], folders };
    const binding = bindingOf({ name, ...lists, writable, program }, sha256);
    return { state: !pinned ? 'new' : pinned.binding === binding ? 'accepted' : 'changed' };
  } catch (error) {
    if (error instanceof Failure || (error instanceof Error && 'code' in error))
      return { state: 'broken', why: error.message };
    throw error;
  }
}
