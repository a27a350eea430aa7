import * as z from 'zod';
import type { Change } from '../../../shared/action.ts';
import { ToolFailure } from '../../outcome.ts';
import { edited, MAX_TEXT } from '../../editedText.ts';
import { textOf } from '../text.ts';
import { A_PATH, defineTool, type Tool, type CallContext } from '../tool.ts';
import type { ToolPorts } from '../ports.ts';
import { onlyChange } from './changes.ts';
import { editCard } from './diffCard.ts';
import { refuseMasksLookedFor, refuseMasksWrittenBack } from './masksWrittenBack.ts';
import { undoOf, undoOfAction, undoWords } from './undo.ts';

const parameters = z.strictObject({
  path: z.string().describe('The file, relative to the workspace folder'),
  old_text: z.string().min(1).max(MAX_TEXT).describe('The text to replace, exactly as it stands in the file'),
  new_text: z.string().max(MAX_TEXT).describe('What to put in its place'),
  replace_all: z.boolean().default(false).describe('Replace every occurrence instead of exactly one'),
});

type Ports = Pick<ToolPorts, 'folder' | 'redactor' | 'editor' | 'foresee'>;

export const editFile = defineTool((ports: Ports): Tool<z.infer<typeof parameters>, Change> => ({
  name: 'edit_file',
  summary: 'Replace a piece of text in a file. The old text must occur exactly once unless replace_all is set.',
  family: 'file_system',
  effects: ['write'],
  parameters,
  about: A_PATH,
  tried: (path) => ({ path, old_text: '?', new_text: '' }),
  async describe(args, context) {
    if (args.old_text === args.new_text)
      throw new ToolFailure('old_text and new_text are the same: this edit changes nothing');
    const look = await context.files.look(args.path, ports.folder, 'followed');
    const shown = context.scope.shown(look.path);
    await context.files.changeable(look.path);
    const preImage = await context.files.preImage(look.path);
    const undo = await undoOf(ports, [preImage]);
    const open = context.scope.standing(look.path, 'write').kind === 'free';
    const before = open ? await currentText(look.path, context) : '';
    const secret = context.scope.isSecret(look.path);
    if (open) refuseMasksLookedFor(before, args.old_text, shown, ports.redactor);
    const after = open ? edited(before, args, shown, secret) : args.new_text;
    if (open) refuseMasksWrittenBack({ before, after, shown }, ports.redactor);
    return {
      action: {
        tool: 'edit_file',
        kind: 'change',
        effect: 'write',
        // How often the old text occurs tells what is in the file: of a likely secret, that is reading it.
        resources: [
          { path: look.path, access: 'write' },
          ...(secret ? [{ path: look.path, access: 'read' as const }] : []),
        ],
        arguments: { ...args },
        changes: [preImage],
        undo: undoOfAction(undo),
      },
      title: `Edit ${shown}`,
      card: await editCard({
        shown,
        absolute: look.path,
        change: 'edit',
        before,
        after,
        unsaved: ports.editor.isUnsaved(look.path),
      }),
      undo: undoWords(undo),
      preview: { path: look.path, before, after },
    };
  },
  async perform(action, context) {
    const image = onlyChange(action);
    const { path } = image;
    const shown = context.scope.shown(path);
    const content = new TextEncoder().encode(edited(await currentText(path, context), action.arguments, shown));
    await context.files.write(path, content, image);
    return {
      ok: true,
      text: `Edited ${shown}.`,
      facts: {},
      contentOf: [],
    };
  },
}));

async function currentText(path: string, context: CallContext): Promise<string> {
  return textOf(await context.files.read(path, MAX_TEXT), context.scope.shown(path));
}
