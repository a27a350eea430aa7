import * as z from 'zod';
import type { Change } from '../../../shared/action.ts';
import type { Card } from '../../../shared/approval.ts';
import { amountOf, lossWords } from '../../../shared/block.ts';
import { Missing, ToolFailure } from '../../outcome.ts';
import { A_PATH, defineTool, type Tool, type CallContext } from '../tool.ts';
import type { ToolPorts } from '../ports.ts';
import { onlyChange } from './changes.ts';
import { lossAt } from './loss.ts';
import { secretsBelow } from './secretsBelow.ts';
import { undoOf, undoView } from './undo.ts';

const parameters = z.strictObject({
  path: z.string().describe('The file, link or folder, relative to the workspace folder'),
});

type Ports = Pick<ToolPorts, 'folder' | 'foresee' | 'versionControl'>;

export const deletePath = defineTool((ports: Ports): Tool<z.infer<typeof parameters>, Change> => ({
  name: 'delete_path',
  elsewhere: ['delete', 'rm', 'remove', 'deletefile'],
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
    const loss = await lossAt(look, ports, context);
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
        undo: undo.kind,
      },
      title: `Delete ${shown}`,
      card: deleteCard(shown),
      consequence: [{ amount: amountOf(loss) }, `${lossWords(loss)}.`],
      undo: undoView(undo, 'puts back what is deleted'),
    };
  },
  async perform(action, context) {
    const image = onlyChange(action);
    await context.files.remove(image.path, image);
    return { ok: true, text: `Deleted ${context.scope.shown(image.path)}.`, facts: {}, contentOf: [] };
  },
}));

/** What would be lost is said with the question itself (`consequence`), once. */
export function deleteCard(path: string): Card {
  return {
    kind: 'delete',
    blocks: [{ kind: 'sentence', icon: 'trash', tone: 'plain', words: ['Deletes ', { exact: path }] }],
  };
}

/** Deleting or moving a folder touches what is in it: a protected or denied path below makes it forbidden too. */
export async function hiddenBelow(path: string, context: CallContext): Promise<{ path: string; access: 'delete' }[]> {
  const found = await context.files.forbiddenBelow(path);
  return found === undefined ? [] : [{ path: found, access: 'delete' }];
}
