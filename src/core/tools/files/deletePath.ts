import * as z from 'zod';
import { Missing, ToolFailure } from '../../outcome.ts';
import { anyTool, expectedAt, type Tool, type ToolContext } from '../tool.ts';
import { lossAt } from './loss.ts';
import { secretsBelow } from './secretsBelow.ts';
import { undoOf, undoOfAction, undoWords } from './undo.ts';

const parameters = z.strictObject({
  path: z.string().describe('The file, link or folder, relative to the workspace folder'),
});

const tool: Tool<z.infer<typeof parameters>> = {
  name: 'delete_path',
  summary: 'Delete a file, a link, or a folder with everything in it.',
  family: 'file_system',
  parameters,
  async describe(args, context, signal) {
    const look = await context.files.look(args.path, context.folder, 'itself');
    const shown = context.scope.shown(look.path);
    if (look.kind === 'absent') throw new Missing(`${shown} does not exist`);
    if (context.scope.roots.includes(look.path)) throw new ToolFailure('a workspace folder itself cannot be deleted');
    await context.files.changeable(look.path);
    const preImage = await context.files.preImage(look.path);
    const undo = await undoOf(context, [preImage]);
    return {
      action: {
        tool: 'delete_path',
        kind: 'change',
        effect: 'delete',
        resources: [
          { path: look.path, access: 'delete' },
          ...(await hiddenBelow(look.path, context)),
          ...(await secretsBelow(look, context)),
        ],
        arguments: { ...args },
        changes: [preImage],
        undo: undoOfAction(undo),
      },
      title: `Delete ${shown}`,
      card: { kind: 'delete', path: shown, loss: await lossAt(look, context, signal) },
      undo: undoWords(undo),
    };
  },
  async perform(_args, action, context) {
    const path = action.resources[0]?.path ?? '';
    await context.files.remove(path, expectedAt(action, path));
    return { ok: true, text: `Deleted ${context.scope.shown(path)}.`, facts: {}, places: { path }, contentOf: [] };
  },
};
export const deletePath = anyTool(tool);

/** Deleting or moving a folder touches what is in it: a protected or denied path below makes it forbidden too. */
export async function hiddenBelow(path: string, context: ToolContext): Promise<{ path: string; access: 'delete' }[]> {
  const found = await context.files.forbiddenBelow(path);
  return found === undefined ? [] : [{ path: found, access: 'delete' }];
}
