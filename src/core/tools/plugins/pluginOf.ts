import type { Plugin, Run } from '../../../shared/action.ts';
import { named, namedList } from '../../../shared/named.ts';
import type { DeclaredPlugin } from '../../plugins/declared.ts';
import type { PluginPort, PluginProgram } from '../../plugins/port.ts';
import { ToolFailure } from '../../outcome.ts';
import type { Sandbox } from '../../sandbox/port.ts';
import type { PlaceRules } from '../../sandbox/spec.ts';
import type { Scope } from '../../scope/scope.ts';
import type { CallContext } from '../tool.ts';

/** Where a plugin starts that sees nothing of the workspace. */
const NOWHERE = '/tmp';
/** They take a package from somewhere when they start: what that is, nobody could have seen before. */
const FETCHING = /(?:^|\/)(?:npx|bunx|pnpx|uvx|pipx)$/;

/** A plugin as it stands now: its declaration, in absolute paths, and its program. */
export interface FoundPlugin {
  declared: DeclaredPlugin;
  plugin: Plugin;
  program: PluginProgram;
}

/** What is started, where. */
export interface Starting {
  found: FoundPlugin;
  launch: Run['launch'];
  folder: string;
  runner: Sandbox;
}

/** The plugin that the policy names so. Throws `ToolFailure` where it names none, or its cage cannot be made. */
export function declaredAs(name: string, { policy }: Pick<CallContext, 'policy'>): DeclaredPlugin {
  const declared = policy.plugins.value.find((one) => one.name === name);
  if (declared) return declared;
  const others = policy.plugins.value.map((one) => one.name);
  throw new ToolFailure(`the policy names no plugin ${named(name.slice(0, 60))}. Plugins: ${namedList(others, 20)}`);
}

export async function foundPlugin(
  declared: DeclaredPlugin,
  { folder, port }: { folder: string; port: PluginPort },
  { policy, scope, files, signal }: CallContext,
): Promise<FoundPlugin> {
  if (!policy.sandbox.value) throw new ToolFailure('plugins run in a sandbox alone, and your policy switches it off');
  const [first = ''] = declared.command;
  if (FETCHING.test(first))
    throw new ToolFailure(
      `${named(first)} takes a package from somewhere when it starts, so nobody can say what would run. Install it, and name its file in the policy`,
    );
  const folders: string[] = [];
  for (const one of declared.folders) {
    const { path, kind } = await files.look(scope.meant(one), folder, 'followed');
    if (kind !== 'directory') throw new ToolFailure(`${scope.shown(path)} is not a folder`);
    folders.push(path);
  }
  const program = await port.program(declared.command, folders[0] ?? NOWHERE, signal);
  const { name, command, writable, hosts, variables } = declared;
  const plugin = {
    ...{ name, command: [...command], folders, writable, hosts: [...hosts], variables: [...variables] },
    program: program.digest,
  };
  return { declared, plugin, program };
}

export function launchOf(plugin: Plugin, environment: Record<string, string>): Run['launch'] {
  return {
    argv: plugin.command,
    cwd: plugin.folders[0] ?? NOWHERE,
    environment,
    workspace: plugin.writable && plugin.folders.length > 0 ? 'writable' : 'read-only',
    secrets: 'hidden',
    ...(plugin.hosts.length > 0 && { network: 'door' as const }),
  };
}

/** The rules of the workspace, over a plugin's own folders alone. */
export function rulesWithin(scope: Scope, folders: readonly string[]): PlaceRules {
  return {
    roots: folders,
    isHidden: (path) => scope.isHidden(path),
    isDenied: (path) => scope.isDenied(path),
    isProtected: (path) => scope.isProtected(path),
    isAboveProtected: (path) => scope.isAboveProtected(path),
    placesKey: scope.placesKey,
    isSecret: (path) => scope.isSecret(path),
    storeAround: (path) => scope.storeAround(path),
    deniesInside: scope.deniesInside,
    deniedOutside: scope.deniedOutside,
  };
}
