import * as z from 'zod';
import type { Change } from '../../../shared/action.ts';
import { ToolFailure } from '../../outcome.ts';
import { MAX_TEXT } from '../../editedText.ts';
import { textOf } from '../text.ts';
import { A_PATH, defineTool, type Tool } from '../tool.ts';
import type { ToolPorts } from '../ports.ts';
import { onlyChange } from './changes.ts';
import { editCard } from './diffCard.ts';
import { refuseMasksWrittenBack } from './masksWrittenBack.ts';
import { undoOf, undoOfAction, undoWords } from './undo.ts';

const parameters = z.strictObject({
  path: z.string().describe('The file, relative to the workspace folder; missing folders are made'),
  content: z.string().max(MAX_TEXT).describe('The whole new content'),
});

type Ports = Pick<ToolPorts, 'folder' | 'redactor' | 'editor' | 'foresee'>;

export const writeFile = defineTool((ports: Ports): Tool<z.infer<typeof parameters>, Change> => ({
  name: 'write_file',
  summary: 'Create a text file, or replace the whole content of one.',
  family: 'file_system',
  effects: ['write'],
  parameters,
  about: A_PATH,
  tried: (path) => ({ path, content: '' }),
  async describe(args, context) {
    const look = await context.files.look(args.path, ports.folder, 'followed');
    const shown = context.scope.shown(look.path);
    await context.files.changeable(look.path);
    const preImage = await context.files.preImage(look.path);
    if (preImage.kind !== 'absent' && preImage.kind !== 'file')
      throw new ToolFailure(`${shown} is not a file that can be written`);
    // What may not be written is not read for its diff either: the decision is a denial whatever stands there.
    const open = context.scope.standing(look.path, 'write').kind === 'free';
    const before =
      preImage.kind === 'file' && open ? textOf(await context.files.read(look.path, MAX_TEXT), shown) : undefined;
    if (before !== undefined) refuseMasksWrittenBack({ before, after: args.content, shown }, ports.redactor);
    // Of a likely secret this would tell what is in it.
    if (before === args.content && !context.scope.isSecret(look.path))
      throw new ToolFailure(`${shown} has exactly this content already: there is nothing to write`);
    const undo = await undoOf(ports, [preImage]);
    return {
      action: {
        tool: 'write_file',
        kind: 'change',
        effect: 'write',
        resources: [{ path: look.path, access: 'write' }],
        arguments: { ...args },
        changes: [preImage],
        undo: undoOfAction(undo),
      },
      title: `${preImage.kind === 'absent' ? 'Create' : 'Overwrite'} ${shown}`,
      card: await editCard({
        shown,
        absolute: look.path,
        change: preImage.kind === 'absent' ? 'create' : 'overwrite',
        before,
        after: args.content,
        unsaved: ports.editor.isUnsaved(look.path),
      }),
      undo: undoWords(undo),
      preview: { path: look.path, before: before ?? '', after: args.content },
    };
  },
  async perform(action, context) {
    const image = onlyChange(action);
    const { path } = image;
    const content = new TextEncoder().encode(action.arguments.content);
    await context.files.write(path, content, image);
    return {
      ok: true,
      text: `Wrote ${context.scope.shown(path)} (${content.length} bytes).`,
      facts: {},
      contentOf: [],
    };
  },
}));
