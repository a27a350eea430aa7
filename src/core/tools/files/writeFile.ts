import * as z from 'zod';
import type { Change } from '../../../shared/action.ts';
import { ToolFailure } from '../../outcome.ts';
import { MAX_TEXT } from '../../editedText.ts';
import type { TextEdit } from '../../grammar/textEdit.ts';
import { plainEnds } from '../../text/lineEnds.ts';
import {
  bytesOf,
  exactlyRewritten,
  keptWords,
  NO_FILE,
  shownTexts,
  textFile,
  type TextFile,
} from '../../text/textFile.ts';
import { A_PATH, defineTool, type Tool } from '../tool.ts';
import type { Redactor } from '../../redaction/redactor.ts';
import type { ToolPorts } from '../ports.ts';
import { onlyChange } from './changes.ts';
import { editCard } from './diffCard.ts';
import { foreseen } from './foreseen.ts';
import { isUnsavedAt, savedOtherwise } from './inEditor.ts';
import { brokenWords, refuseLeftBroken } from './leftBroken.ts';
import { hasMask, withRealValues } from './masksWrittenBack.ts';
import { undoOf, undoView, REMOVES_IT } from './undo.ts';

const parameters = z.strictObject({
  path: z.string().describe('The file, relative to the workspace folder; missing folders are made'),
  content: z.string().max(MAX_TEXT).describe('The whole new content'),
});

type Ports = Pick<ToolPorts, 'folder' | 'redactor' | 'foresee' | 'encodings'>;

export const writeFile = defineTool((ports: Ports): Tool<z.infer<typeof parameters>, Change> => ({
  name: 'write_file',
  elsewhere: ['write', 'create', 'createfile', 'writetofile'],
  summary: 'Create a text file, or replace the whole content of one.',
  family: 'file_system',
  effects: ['write'],
  parameters,
  about: A_PATH,
  tried: (path) => ({ path, content: '' }),
  editable: { argument: 'content', label: 'The whole new content' },
  async describe(args, context) {
    const look = await context.files.look(context.scope.meant(args.path), ports.folder, 'followed');
    const shown = context.scope.shown(look.path);
    await context.files.changeable(look.path);
    const preImage = await context.files.preImage(look.path);
    if (preImage.kind !== 'absent' && preImage.kind !== 'file')
      throw new ToolFailure(`${shown} is not a file that can be written`);
    // What may not be written is not read for its diff either: the decision is a denial whatever stands there.
    const open = context.scope.standing(look.path, 'write').kind === 'free';
    const secret = context.scope.isSecret(look.path);
    const untold = secret && preImage.kind === 'file';
    let file: TextFile | undefined;
    const make = async (): Promise<TextEdit> => {
      if (preImage.kind === 'file' && open)
        file = await textFile(await context.files.read(look.path, MAX_TEXT), shown, ports.encodings);
      const exact = await contentFor(file ?? NO_FILE, args.content, { shown, redactor: ports.redactor });
      await bytesOf(exact, { ...(file ?? NO_FILE), shown }, ports.encodings);
      const made = { exact, shown: shownTexts(file?.exact ?? '', exact) };
      if (!file || secret) return made;
      await refuseLeftBroken({ path: look.path, before: file.text, after: plainEnds(exact), shown });
      if (file.exact === exact)
        throw new ToolFailure(`${shown} has exactly this content already: there is nothing to write`);
      return made;
    };
    const given = { exact: args.content, shown: shownTexts('', args.content) };
    const { edit, misfit } = await foreseen(make, { untold, given });
    const texts = edit.shown;
    const undo = await undoOf(ports, [preImage]);
    return {
      action: {
        tool: 'write_file',
        kind: 'change',
        effect: 'write',
        resources: [
          { path: look.path, access: 'write' },
          // Whether a mask has a value there tells what is in the file: of a likely secret, that is reading it.
          ...(untold && hasMask(args.content) ? [{ path: look.path, access: 'read' as const }] : []),
        ],
        arguments: { ...args },
        changes: [preImage],
        undo: undo.kind,
      },
      title: `${preImage.kind === 'absent' ? 'Create' : 'Overwrite'} ${shown}`,
      card: await editCard({
        shown,
        absolute: look.path,
        change: preImage.kind === 'absent' ? 'create' : 'overwrite',
        before: file && texts.before,
        after: texts.after,
        misfit,
        broken: await brokenWords(look.path, plainEnds(edit.exact)),
        kept: file && !secret ? keptWords(file) : undefined,
        unsaved: await isUnsavedAt(look.path, context),
      }),
      undo: undoView(undo, preImage.kind === 'absent' ? REMOVES_IT : 'puts the earlier text back'),
      previews: [{ path: look.path, before: texts.before, after: texts.after }],
    };
  },
  async perform(action, context) {
    const image = onlyChange(action);
    const { path } = image;
    const shown = context.scope.shown(path);
    const file =
      image.kind === 'file'
        ? await textFile(await context.files.read(path, MAX_TEXT), shown, ports.encodings)
        : NO_FILE;
    const exact = await contentFor(file, action.arguments.content, { shown, redactor: ports.redactor });
    const text = plainEnds(exact);
    if (image.kind === 'file') await refuseLeftBroken({ path, before: file.text, after: text, shown });
    const content = await bytesOf(exact, { ...file, shown }, ports.encodings);
    const { words, told } = savedOtherwise(content, await context.files.write(path, content, image), shown);
    const broken = await brokenWords(path, text);
    const kept = keptWords(file);
    return {
      ok: true,
      text: `Wrote ${shown} (${content.length} bytes${kept === undefined ? '' : `; ${kept} kept`}).${broken === undefined ? '' : ` ${broken}`}${words}`,
      ...told,
      contentOf: [],
    };
  },
}));

/** What a file is to hold, with its own line ends and the values that masks stand for. */
async function contentFor(
  file: TextFile,
  content: string,
  { shown, redactor }: { shown: string; redactor: Redactor },
): Promise<string> {
  if (!hasMask(content)) return exactlyRewritten(file, content);
  return exactlyRewritten(file, await withRealValues({ before: file.text, shown }, () => content, redactor));
}
