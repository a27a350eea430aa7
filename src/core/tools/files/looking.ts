import type { Look as LookAction, Resource } from '../../../shared/action.ts';
import type { Card } from '../../../shared/approval.ts';
import { ToolFailure } from '../../outcome.ts';
import type { Look } from '../../scope/files.ts';
import { isInside } from '../../scope/spelling.ts';
import type { ToolPorts } from '../ports.ts';
import type { CallContext, Description } from '../tool.ts';
import { NOTHING_CHANGES } from './undo.ts';

interface Looking<A> {
  tool: string;
  effect: 'read' | 'list' | 'search';
  args: A;
  /** How the path is touched, once it is known what stands there. */
  access(look: Look): Resource['access'];
  /** A few words, given the path as people say it. */
  title(shown: string): string;
}

/** The description of a call that changes nothing: one path, looked at. */
export async function describeLooking<A extends LookAction['arguments'] & { path: string }>(
  looking: Looking<A>,
  ports: Pick<ToolPorts, 'folder' | 'goesTo'>,
  context: CallContext,
): Promise<Description<A, LookAction>> {
  const resources: Resource[] = [];
  for (const path of covered(looking.args.path, context)) {
    const look = await context.files.look(path, ports.folder, 'followed');
    resources.push({ path: look.path, access: looking.access(look) });
  }
  const shown = resources.map(({ path }) => context.scope.shown(path)).join(', ');
  return {
    action: {
      tool: looking.tool,
      kind: 'look',
      effect: looking.effect,
      resources,
      arguments: looking.args,
      undo: 'nothing',
    },
    title: looking.title(shown),
    card: readCard(shown, ports.goesTo()),
    undo: NOTHING_CHANGES,
  };
}

/** Where a call looks that names no place: in every workspace folder that may be looked at. */
function covered(spelling: string, { scope }: CallContext): readonly string[] {
  if (scope.roots.length === 1 || !/^(\.\/*)?$/.test(spelling)) return [scope.meant(spelling)];
  const free = scope.roots.filter((root) => scope.standing(root, 'list').kind === 'free');
  const open = free.filter((root) => !free.some((other) => other !== root && isInside(other, root)));
  return open.length === 0 ? [spelling] : open;
}

/** Which folders a look covered, and which it did not, as a line of its result; empty where there is only one. */
export function coveredWords(paths: readonly string[], { scope }: Pick<CallContext, 'scope'>): string {
  if (scope.roots.length === 1) return '';
  const others = scope.roots.filter(
    (root) => !paths.includes(root) && !paths.some((path) => scope.rootOf(path) === root),
  );
  const not = others.length === 0 ? '' : `, not ${others.map((root) => scope.shown(root)).join(', ')}`;
  return `\n[looked in ${paths.map((path) => scope.shown(path)).join(', ')}${not}]`;
}

/** @throws ToolFailure where one of the places to look in is not there: nothing can be found in it. */
export async function refuseAbsent(
  paths: readonly string[],
  { files, scope }: Pick<CallContext, 'files' | 'scope'>,
  { folder }: Pick<ToolPorts, 'folder'>,
): Promise<void> {
  for (const path of paths) {
    const { kind } = await files.look(path, folder, 'followed');
    if (kind === 'absent') throw new ToolFailure(`${scope.shown(path)} is not there; find_files finds names`);
  }
}

/** The one path that such an action looks at, or below. */
export function lookedAt({ tool, resources: [only, ...others] }: LookAction): Resource {
  if (!only || others.length > 0) throw new Error(`an action of ${tool} looks at one path`);
  return only;
}

/** `goesTo`: a sentence. */
export function readCard(path: string, goesTo: string): Card {
  return {
    kind: 'read',
    blocks: [
      { kind: 'sentence', icon: 'eye', tone: 'plain', words: ['Reads ', { exact: path }] },
      { kind: 'sentence', icon: 'export', tone: 'plain', words: [`Its content would go to the model. ${goesTo}`] },
    ],
  };
}
