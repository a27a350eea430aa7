import * as z from 'zod';
import type { Card } from '../../../shared/approval.ts';
import type { Change, PreImage, Resource } from '../../../shared/action.ts';
import { MAX_TEXT } from '../../editedText.ts';
import { Changed, ToolFailure } from '../../outcome.ts';
import type { TextEdit } from '../../grammar/textEdit.ts';
import { plainEnds } from '../../text/lineEnds.ts';
import { bytesOf, keptWords, NO_FILE, shownTexts, textFile, type TextFile } from '../../text/textFile.ts';
import type { Preview } from '../../approval/desk.ts';
import type { ToolPorts } from '../ports.ts';
import { A_PATH, defineTool, type CallContext, type Tool } from '../tool.ts';
import { writeAll, type ToWrite } from './allOrNothing.ts';
import { editCard } from './diffCard.ts';
import { foreseen } from './foreseen.ts';
import { isUnsavedAt, savedOtherwise } from './inEditor.ts';
import { brokenWords, refuseLeftBroken } from './leftBroken.ts';
import { refuseMixed, withEdits, type NumberedEdit, type OneEdit } from './severalEdits.ts';
import { undoOf, undoView, REMOVES_IT } from './undo.ts';

const parameters = z.strictObject({
  edits: z
    .array(
      z.strictObject({
        path: z.string().describe('The file, relative to the workspace folder'),
        old_text: z.string().min(1).max(MAX_TEXT).exactOptional().describe('Replace this, exactly as it stands'),
        after_line: z
          .int()
          .min(0)
          .exactOptional()
          .describe('Or insert after this line, numbered as before this call; 0: at the top'),
        new_text: z.string().max(MAX_TEXT).describe('What to put there; with neither of both, a new file’s whole text'),
        replace_all: z.boolean().default(false),
      }),
    )
    .min(1)
    .max(100),
});

/** So many files are in the title. */
const NAMED = 4;

type Args = z.infer<typeof parameters>;
type Ports = Pick<ToolPorts, 'folder' | 'redactor' | 'foresee' | 'encodings'>;

/** A file of the call, with its edits. */
interface EditedFile {
  readonly path: string;
  readonly edits: NumberedEdit[];
}

export const editFiles = defineTool((ports: Ports): Tool<Args, Change> => ({
  name: 'edit_files',
  elsewhere: ['multiedit', 'applypatch', 'multireplacestringinfile', 'patch'],
  summary:
    'Several edits at once, in one file or across files: replacements, insertions, new files. All are made, or none. Edits of one file follow each other; old_text must occur exactly once unless replace_all is set.',
  family: 'file_system',
  effects: ['write'],
  includes: ['edit_file', 'write_file'],
  parameters,
  about: A_PATH,
  tried: (path) => ({ edits: [{ path, old_text: '?', new_text: '' }] }),
  async describe(args, context) {
    const files = await editedFiles(args.edits, ports, context);
    const untold = await namesSecretFile(files, context);
    const parts = await allOf(files, (file) => described(file, { untold, ports, context }));
    const undo = await undoOf(
      ports,
      parts.map(({ image }) => image),
    );
    return {
      action: {
        tool: 'edit_files',
        kind: 'change',
        effect: 'write',
        resources: parts.flatMap(({ resources }) => resources),
        arguments: { edits: args.edits.map((edit) => ({ ...edit })) },
        changes: parts.map(({ image }) => image),
        undo: undo.kind,
      },
      title: titleOf(
        parts.map(({ shown }) => shown),
        parts.every(({ image }) => image.kind === 'absent') ? 'Create' : 'Edit',
      ),
      card: { kind: 'edit', blocks: parts.flatMap(({ card }) => card.blocks) },
      undo: undoView(undo, backWords(parts.map(({ image }) => image))),
      previews: parts.map(({ preview }) => preview),
    };
  },
  async perform({ arguments: { edits }, changes }, context) {
    const made = await allOf(await editedFiles(edits, ports, context), async (file) => {
      const image = changes.find(({ path }) => path === file.path);
      if (!image) throw new Changed(`${context.scope.shown(file.path)} is another file by now; nothing was done`);
      return edited(file, image, ports, context);
    });
    // New files last: least is left of them where one cannot be written.
    const ordered = made.toSorted((a, b) => Number(a.old === undefined) - Number(b.old === undefined));
    const done = await writeAll(ordered, context.files, context.scope);
    const told = await Promise.all(
      done.map(async ({ path, content, written, after }) => {
        const shown = context.scope.shown(path);
        const broken = await brokenWords(path, after);
        const saved = savedOtherwise(content, written, shown);
        return { words: `${broken === undefined ? '' : ` ${shown}: ${broken}`}${saved.words}`, saved: saved.told };
      }),
    );
    const names = changes.map(({ path }) => context.scope.shown(path)).join(', ');
    return {
      ok: true,
      text: `Made ${edits.length} ${edits.length === 1 ? 'edit' : 'edits'}: ${names}.${told.map(({ words }) => words).join('')}`,
      facts: { files: done.length, ...told.reduce((all, { saved }) => ({ ...all, ...saved.facts }), {}) },
      remarks: told.flatMap(({ saved }) => saved.remarks ?? []),
      contentOf: [],
    };
  },
}));

/** The files that a call edits, in the order in which it names them first. */
async function editedFiles(edits: readonly OneEdit[], ports: Ports, context: CallContext): Promise<EditedFile[]> {
  const byPath = new Map<string, EditedFile>();
  for (const [index, edit] of edits.entries()) {
    const one = { number: index + 1, edit };
    refuseMixed(one);
    const { path } = await context.files.look(context.scope.meant(edit.path), ports.folder, 'followed');
    const file = byPath.get(path) ?? { path, edits: [] };
    file.edits.push(one);
    byPath.set(path, file);
  }
  return [...byPath.values()];
}

/** All that fail are told of at once: nothing was written for any of them. */
async function allOf<T>(files: readonly EditedFile[], work: (file: EditedFile) => Promise<T>): Promise<T[]> {
  const made: T[] = [];
  const problems: string[] = [];
  for (const file of files) {
    try {
      made.push(await work(file));
    } catch (error) {
      if (!(error instanceof ToolFailure) || error instanceof Changed) throw error;
      problems.push(
        error.message.startsWith('edit ') ? error.message : `edit ${file.edits[0]?.number}: ${error.message}`,
      );
    }
  }
  if (problems.length > 0) throw new ToolFailure(`${problems.join('; ')}; none of the edits was made`);
  return made;
}

interface DescribedFile {
  readonly shown: string;
  readonly image: PreImage;
  readonly resources: Resource[];
  readonly card: Card;
  readonly preview: Preview;
}

/** Whether an edit is of a likely secret that is there: how any of them goes is told once a person was asked. */
async function namesSecretFile(files: readonly EditedFile[], context: CallContext): Promise<boolean> {
  for (const { path } of files)
    if (context.scope.isSecret(path) && (await context.files.preImage(path)).kind === 'file') return true;
  return false;
}

async function described(
  { path, edits }: EditedFile,
  { untold, ports, context }: { untold: boolean; ports: Ports; context: CallContext },
): Promise<DescribedFile> {
  const { scope } = context;
  const shown = scope.shown(path);
  await context.files.changeable(path);
  const image = await context.files.preImage(path);
  const isNew = image.kind === 'absent';
  const open = scope.standing(path, 'write').kind === 'free';
  const secret = scope.isSecret(path);
  let kept: string | undefined;
  const make = async (): Promise<TextEdit> => {
    const file = isNew ? undefined : await currentText(path, context, ports);
    const made = await withEdits(path, file, edits, { shown, secret, redactor: ports.redactor });
    await bytesOf(made.exact, { ...(file ?? NO_FILE), shown }, ports.encodings);
    if (!file || secret) return made;
    if (file.exact === made.exact) throw new ToolFailure(`the edits of ${shown} change nothing`);
    await refuseLeftBroken({ path, before: file.text, after: plainEnds(made.exact), shown });
    kept = keptWords(file);
    return made;
  };
  // What may not be written is not read for its diff either: the decision is a denial whatever stands there.
  const [from, to] = [open ? edits.map(({ edit }) => edit.old_text ?? '') : [], edits.map(({ edit }) => edit.new_text)];
  const given = { exact: to.join('\n'), shown: shownTexts(from.join('\n'), to.join('\n')) };
  const { edit, misfit } = open ? await foreseen(make, { untold, given }) : { edit: given };
  return {
    shown,
    image,
    // How often the old text occurs tells what is in the file: of a likely secret, that is reading it.
    resources: [{ path, access: 'write' }, ...(secret && !isNew ? [{ path, access: 'read' as const }] : [])],
    card: await editCard({
      ...{ shown, absolute: path, change: isNew ? ('create' as const) : ('edit' as const) },
      before: isNew ? undefined : edit.shown.before,
      after: edit.shown.after,
      misfit,
      broken: open && misfit === undefined ? await brokenWords(path, plainEnds(edit.exact)) : undefined,
      kept,
      unsaved: await isUnsavedAt(path, context),
    }),
    preview: { path, before: edit.shown.before, after: edit.shown.after },
  };
}

/** A file as it is to be written, with its text for whoever reads it. */
async function edited(
  { path, edits }: EditedFile,
  image: PreImage,
  ports: Ports,
  context: CallContext,
): Promise<ToWrite & { after: string }> {
  const shown = context.scope.shown(path);
  const isNew = image.kind === 'absent';
  const file = isNew ? undefined : await currentText(path, context, ports);
  const edit: TextEdit = await withEdits(path, file, edits, { shown, secret: false, redactor: ports.redactor });
  const after = plainEnds(edit.exact);
  if (file) await refuseLeftBroken({ path, before: file.text, after, shown });
  return {
    path,
    image,
    after,
    content: await bytesOf(edit.exact, { ...(file ?? NO_FILE), shown }, ports.encodings),
    old: isNew ? undefined : await context.files.read(path, MAX_TEXT),
  };
}

async function currentText(path: string, { files, scope }: CallContext, { encodings }: Ports): Promise<TextFile> {
  return textFile(await files.read(path, MAX_TEXT), scope.shown(path), encodings);
}

function backWords(images: readonly PreImage[]): string {
  const created = images.filter(({ kind }) => kind === 'absent').length;
  if (created === 0) return 'puts the earlier text back';
  if (created < images.length) return 'puts the earlier texts back, and removes the new files';
  return created === 1 ? REMOVES_IT : 'removes the new files';
}

function titleOf(shown: readonly string[], verb: 'Create' | 'Edit'): string {
  const [only, ...others] = shown;
  if (others.length === 0) return `${verb} ${only}`;
  const more = shown.length > NAMED ? ` and ${shown.length - NAMED} more` : '';
  return `${verb} ${shown.length} files: ${shown.slice(0, NAMED).join(', ')}${more}`;
}
