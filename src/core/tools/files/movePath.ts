import * as z from 'zod';
import type { Change } from '../../../shared/action.ts';
import type { Card } from '../../../shared/approval.ts';
import { amountOf, lossWords, type Loss } from '../../../shared/block.ts';
import { Missing, ToolFailure } from '../../outcome.ts';
import { isInside } from '../../scope/spelling.ts';
import { A_PATH, defineTool, type Tool } from '../tool.ts';
import type { ToolPorts } from '../ports.ts';
import { bothChanges } from './changes.ts';
import { hiddenBelow } from './deletePath.ts';
import { refuseReplacedByBroken } from './leftBroken.ts';
import { lossAt } from './loss.ts';
import { secretsBelow } from './secretsBelow.ts';
import { undoOf, undoView } from './undo.ts';

const parameters = z.strictObject({
  from: z.string().describe('What to move, relative to the workspace folder'),
  to: z.string().describe('The new path, name included; missing folders are made'),
});

type Ports = Pick<ToolPorts, 'folder' | 'foresee' | 'versionControl'>;

export const movePath = defineTool((ports: Ports): Tool<z.infer<typeof parameters>, Change> => ({
  name: 'move_path',
  elsewhere: ['move', 'mv', 'rename', 'renamefile'],
  summary: 'Move or rename a file, a link or a folder. An existing file at the new path is replaced.',
  family: 'file_system',
  effects: ['move'],
  parameters,
  about: A_PATH,
  tried: (from) => ({ from, to: `${from}.moved` }),
  async describe(args, context) {
    const from = await context.files.look(context.scope.meant(args.from), ports.folder, 'itself');
    const to = await context.files.look(context.scope.meant(args.to), ports.folder, 'itself');
    const [fromShown, toShown] = [context.scope.shown(from.path), context.scope.shown(to.path)];
    if (from.kind === 'absent') throw new Missing(`${fromShown} does not exist`);
    if (context.scope.roots.includes(from.path)) throw new ToolFailure('a workspace folder itself cannot be moved');
    if (to.kind !== 'absent' && to.kind !== 'file') throw new ToolFailure(`${toShown} exists and is not a file`);
    if (isInside(from.path, to.path)) throw new ToolFailure(`${fromShown} cannot be moved into itself`);
    for (const path of [from.path, to.path]) await context.files.changeable(path);
    await context.files.movable(from.path, to.path);
    if (from.kind === 'file' && to.kind === 'file') await refuseReplacedByBroken(from.path, to.path, context);
    const fromImage = await context.files.preImage(from.path);
    const toImage = await context.files.preImage(to.path);
    const replaced = to.kind === 'file' ? await lossAt(to, ports, context) : undefined;
    const undo = await undoOf(ports, [fromImage, toImage]);
    return {
      action: {
        tool: 'move_path',
        kind: 'change',
        effect: 'move',
        resources: [
          { path: from.path, access: 'delete' },
          { path: to.path, access: 'write' },
          // A denied or protected file must not become reachable under another name.
          { path: from.path, access: 'write' },
          ...(await hiddenBelow(from.path, context)),
          ...(await secretsBelow(from, context)),
        ],
        arguments: { ...args },
        changes: [fromImage, toImage],
        undo: undo.kind,
      },
      ...(replaced && {
        consequence: ['Replaces ', { exact: toShown }, ': ', { amount: amountOf(replaced) }, `${lossWords(replaced)}.`],
      }),
      title: `Move ${fromShown} to ${toShown}`,
      card: moveCard(fromShown, toShown, replaced),
      undo: undoView(undo, 'moves it back'),
    };
  },
  async perform(action, context) {
    const images = bothChanges(action);
    const [from, to] = [images.from.path, images.to.path];
    await context.files.move(from, to, images.from, images.to);
    return {
      ok: true,
      text: `Moved ${context.scope.shown(from)} to ${context.scope.shown(to)}.`,
      facts: {},
      contentOf: [],
    };
  },
}));

export function moveCard(from: string, to: string, replaces?: Loss): Card {
  return {
    kind: 'move',
    blocks: [
      {
        kind: 'facts',
        facts: [
          { label: 'From', value: [{ exact: from }] },
          { label: 'To', value: [{ exact: to }] },
        ],
      },
      replaces
        ? { kind: 'loss', heading: ['Replaces what is there now:'], loss: replaces }
        : { kind: 'sentence', icon: 'pass', tone: 'plain', words: ['Nothing is replaced.'] },
    ],
  };
}
