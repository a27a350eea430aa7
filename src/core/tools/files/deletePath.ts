import * as z from 'zod';
import type { Change } from '../../../shared/action.ts';
import type { Card } from '../../../shared/approval.ts';
import type { Loss } from '../../../shared/block.ts';
import { Missing, ToolFailure } from '../../outcome.ts';
import { A_PATH, defineTool, type Tool, type CallContext } from '../tool.ts';
import type { ToolPorts } from '../ports.ts';
import { onlyChange } from './changes.ts';
import { lossAt } from './loss.ts';
import { secretsBelow } from './secretsBelow.ts';
import { undoOf, undoOfAction, undoWords } from './undo.ts';

const parameters = z.strictObject({
  path: z.string().describe('The file, link or folder, relative to the workspace folder'),
});

type Ports = Pick<ToolPorts, 'folder' | 'foresee' | 'versionControl'>;

export const deletePath = defineTool((ports: Ports): Tool<z.infer<typeof parameters>, Change> => ({
  name: 'delete_path',
  summary: 'Delete a file, a link, or a folder with everything in it.',
  family: 'file_system',
  effects: ['delete'],
  parameters,
  about: A_PATH,
  tried: (path) => ({ path }),
  async describe(args, context) {
    const look = await context.files.look(context.scope.meant(args.path), ports.folder, 'itself');
    const shown = context.scope.shown(look.path);
    if (look.kind === 'absent') throw new Missing(`${shown} does not exist`);
    if (context.scope.roots.includes(look.path)) throw new ToolFailure('a workspace folder itself cannot be deleted');
    await context.files.changeable(look.path);
    const preImage = await context.files.preImage(look.path);
    const undo = await undoOf(ports, [preImage]);
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
      card: deleteCard(shown, await lossAt(look, ports, context)),
      undo: undoWords(undo),
    };
  },
  async perform(action, context) {
    const image = onlyChange(action);
    await context.files.remove(image.path, image);
    return { ok: true, text: `Deleted ${context.scope.shown(image.path)}.`, facts: {}, contentOf: [] };
  },
}));

export function deleteCard(path: string, loss: Loss): Card {
  return {
    kind: 'delete',
    blocks: [
      { kind: 'sentence', icon: 'trash', tone: 'plain', words: ['Deletes ', { exact: path }] },
      { kind: 'loss', heading: ['What would be lost:'], loss },
    ],
  };
}

/** Deleting or moving a folder touches what is in it: a protected or denied path below makes it forbidden too. */
export async function hiddenBelow(path: string, context: CallContext): Promise<{ path: string; access: 'delete' }[]> {
  const found = await context.files.forbiddenBelow(path);
  return found === undefined ? [] : [{ path: found, access: 'delete' }];
}
