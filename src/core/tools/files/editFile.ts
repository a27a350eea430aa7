import * as z from 'zod';
import type { Change } from '../../../shared/action.ts';
import { ToolFailure } from '../../outcome.ts';
import { MAX_TEXT } from '../../editedText.ts';
import type { TextEdit } from '../../grammar/textEdit.ts';
import { plainEnds } from '../../text/lineEnds.ts';
import { bytesOf, keptWords, shownTexts, textFile, type TextFile } from '../../text/textFile.ts';
import { A_PATH, defineTool, type Tool, type CallContext } from '../tool.ts';
import type { ToolPorts } from '../ports.ts';
import { onlyChange } from './changes.ts';
import { editCard } from './diffCard.ts';
import { isUnsavedAt, savedOtherwise } from './inEditor.ts';
import { brokenWords, refuseLeftBroken } from './leftBroken.ts';
import { fileEdit } from './fileEdit.ts';
import { foreseen } from './foreseen.ts';
import { undoOf, undoView } from './undo.ts';

const parameters = z.strictObject({
  path: z.string().describe('The file, relative to the workspace folder'),
  old_text: z.string().min(1).max(MAX_TEXT).describe('The text to replace, exactly as it stands in the file'),
  new_text: z.string().max(MAX_TEXT).describe('What to put in its place'),
  replace_all: z.boolean().default(false).describe('Replace every occurrence instead of exactly one'),
});

type Ports = Pick<ToolPorts, 'folder' | 'redactor' | 'foresee' | 'encodings'>;

export const editFile = defineTool((ports: Ports): Tool<z.infer<typeof parameters>, Change> => ({
  name: 'edit_file',
  elsewhere: [
    'edit',
    'replace',
    'strreplace',
    'strreplaceeditor',
    'strreplacebasededittool',
    'replaceinfile',
    'replacestringinfile',
  ],
  summary:
    'Replace a piece of text in a file. The old text must occur exactly once unless replace_all is set. A notebook is edited as read_file shows it, by its cells: under a line `# %% [code] cell 1` each, and without a number for a new one.',
  family: 'file_system',
  effects: ['write'],
  parameters,
  about: A_PATH,
  tried: (path) => ({ path, old_text: '?', new_text: '' }),
  editable: { argument: 'new_text', label: 'The new text' },
  async describe(args, context) {
    if (args.old_text === args.new_text)
      throw new ToolFailure('old_text and new_text are the same: this edit changes nothing');
    const look = await context.files.look(context.scope.meant(args.path), ports.folder, 'followed');
    const shown = context.scope.shown(look.path);
    await context.files.changeable(look.path);
    const preImage = await context.files.preImage(look.path);
    const undo = await undoOf(ports, [preImage]);
    const open = context.scope.standing(look.path, 'write').kind === 'free';
    const secret = context.scope.isSecret(look.path);
    let kept: string | undefined;
    const make = async (): Promise<TextEdit> => {
      const file = await currentText(look.path, context, ports);
      const made = await fileEdit(look.path, file, args, { shown, secret, redactor: ports.redactor });
      await bytesOf(made.exact, { ...file, shown }, ports.encodings);
      if (secret) return made;
      if (made.exact === file.exact) throw new ToolFailure(`this edit of ${shown} changes nothing`);
      await refuseLeftBroken({ path: look.path, before: file.text, after: plainEnds(made.exact), shown });
      kept = keptWords(file);
      return made;
    };
    // What may not be written is not read for its diff either: the decision is a denial whatever stands there.
    const given = { exact: args.new_text, shown: shownTexts(open ? args.old_text : '', args.new_text) };
    const untold = secret && preImage.kind === 'file';
    const { edit, misfit } = open ? await foreseen(make, { untold, given }) : { edit: given };
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
        undo: undo.kind,
      },
      title: `Edit ${shown}`,
      card: await editCard({
        shown,
        absolute: look.path,
        change: 'edit',
        ...edit.shown,
        misfit,
        broken: open && misfit === undefined ? await brokenWords(look.path, plainEnds(edit.exact)) : undefined,
        kept,
        unsaved: await isUnsavedAt(look.path, context),
      }),
      undo: undoView(undo, 'puts the earlier text back'),
      previews: [{ path: look.path, before: edit.shown.before, after: edit.shown.after }],
    };
  },
  async perform(action, context) {
    const image = onlyChange(action);
    const { path } = image;
    const shown = context.scope.shown(path);
    const file = await currentText(path, context, ports);
    const naming = { shown, secret: false, redactor: ports.redactor };
    const { exact } = await fileEdit(path, file, action.arguments, naming);
    const after = plainEnds(exact);
    await refuseLeftBroken({ path, before: file.text, after, shown });
    const content = await bytesOf(exact, { ...file, shown }, ports.encodings);
    const broken = await brokenWords(path, after);
    const { words, told } = savedOtherwise(content, await context.files.write(path, content, image), shown);
    return {
      ok: true,
      text: `Edited ${shown}.${broken === undefined ? '' : ` ${broken}`}${words}`,
      ...told,
      contentOf: [],
    };
  },
}));

async function currentText(path: string, { files, scope }: CallContext, { encodings }: Ports): Promise<TextFile> {
  return textFile(await files.read(path, MAX_TEXT), scope.shown(path), encodings);
}
