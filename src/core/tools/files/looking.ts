import type { Look as LookAction, Resource } from '../../../shared/action.ts';
import type { Card } from '../../../shared/approval.ts';
import type { Look } from '../../scope/files.ts';
import type { ToolPorts } from '../ports.ts';
import type { CallContext, Description } from '../tool.ts';

/** Folders that tools re-create: passed over when a whole tree is looked through. */
export const PASSED_OVER = new Set(['node_modules', '.git', '__pycache__', '.venv', 'target', 'dist']);

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
  const look = await context.files.look(looking.args.path, ports.folder, 'followed');
  const shown = context.scope.shown(look.path);
  return {
    action: {
      tool: looking.tool,
      kind: 'look',
      effect: looking.effect,
      resources: [{ path: look.path, access: looking.access(look) }],
      arguments: looking.args,
      undo: 'nothing-to-undo',
    },
    title: looking.title(shown),
    card: readCard(shown, ports.goesTo),
    undo: 'Nothing changes on disk.',
  };
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
      { kind: 'sentence', icon: 'export', tone: 'plain', words: [`The content goes to ${goesTo}`] },
    ],
  };
}
