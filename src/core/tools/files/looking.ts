import type { Action, Resource } from '../../../shared/action.ts';
import type { Card } from '../../../shared/approval.ts';
import type { Look } from '../../scope/files.ts';
import type { ToolPorts } from '../ports.ts';
import type { CallContext, Description } from '../tool.ts';

/** Folders that tools re-create: passed over when a whole tree is looked through. */
export const PASSED_OVER = new Set(['node_modules', '.git', '__pycache__', '.venv', 'target', 'dist']);

interface Looking {
  tool: string;
  effect: 'read' | 'list' | 'search';
  args: Action['arguments'] & { path: string };
  /** How the path is touched, once it is known what stands there. */
  access(look: Look): Resource['access'];
  /** A few words, given the path as people say it. */
  title(shown: string): string;
}

/** The description of a call that changes nothing: one path, looked at. */
export async function describeLooking(
  looking: Looking,
  ports: Pick<ToolPorts, 'folder' | 'goesTo'>,
  context: CallContext,
): Promise<Description> {
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
