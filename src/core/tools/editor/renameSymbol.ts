import * as z from 'zod';
import type { Change, PreImage } from '../../../shared/action.ts';
import type { Card } from '../../../shared/approval.ts';
import { counted } from '../../../shared/named.ts';
import { visibleLine } from '../../../shared/visible.ts';
import { MAX_TEXT } from '../../editedText.ts';
import type { CodeEdit } from '../../editor/languages.ts';
import { Changed, ToolFailure } from '../../outcome.ts';
import type { Preview } from '../../approval/desk.ts';
import { plainEnds, withPieces, type Piece } from '../../text/lineEnds.ts';
import { bytesOf, keptWords, shownTexts, textFile } from '../../text/textFile.ts';
import { writeAll } from '../files/allOrNothing.ts';
import { editCard } from '../files/diffCard.ts';
import { isUnsavedAt, savedOtherwise } from '../files/inEditor.ts';
import { undoOf, undoView } from '../files/undo.ts';
import { A_PATH, defineTool, type CallContext, type Tool } from '../tool.ts';
import { WITHOUT_EDITOR } from './asked.ts';
import { renameEdits, type RenamePorts } from './renameEdits.ts';
import { piecesOf } from './renamePieces.ts';
import { symbolParameters } from './symbolAt.ts';

const parameters = z.strictObject({
  ...symbolParameters,
  to: z
    .string()
    .min(1)
    .max(200)
    .regex(/^[^\s\p{Cc}\p{Cf}]+$/u)
    .describe('Its new name'),
});
/** `files`: what is changed in each file, as the language services said it when the call was described. */
type Arguments = z.infer<typeof parameters> & { files?: { path: string; pieces: Stored[] }[] };
type Stored = { [Key in keyof Piece]: Piece[Key] };

/** Files that are named in a title. */
const NAMED = 4;

interface RenamedFile {
  path: string;
  pieces: Stored[];
  image: PreImage;
  card: Card;
  preview: Preview;
}

export const renameSymbol = defineTool((ports: RenamePorts): Tool<Arguments, Change> => ({
  name: 'rename_symbol',
  elsewhere: ['rename', 'renamesymbol', 'refactorrename'],
  ...(!ports.languages && { unavailable: WITHOUT_EDITOR }),
  summary:
    'Give a symbol another name everywhere, as the editor’s language services do it: in every file that uses it, or in none.',
  family: 'file_system',
  effects: ['write'],
  includes: ['edit_file', 'edit_files', 'write_file'],
  parameters,
  about: A_PATH,
  tried: (path) => ({ path, line: 1, symbol: 'x', to: 'y' }),
  async describe({ path: spelling, line, symbol, to }, context) {
    const { scope } = context;
    const { path } = await context.files.look(scope.meant(spelling), ports.folder, 'followed');
    const args = { path: spelling, line, symbol, to };
    const common = { tool: 'rename_symbol', kind: 'change', effect: 'write' } as const;
    const title = `Rename ${visibleLine(symbol)} to ${visibleLine(to)}`;
    // What may not be changed is not read to find out what would be: the decision is a denial whatever stands there.
    if (isForbidden(path, context))
      return {
        action: { ...common, resources: [{ path, access: 'write' }], arguments: args, changes: [], undo: 'none' },
        ...{ title, card: { kind: 'edit', blocks: [] }, undo: { state: 'none', words: 'Nothing would be changed.' } },
      };
    if (scope.isSecret(path))
      throw new ToolFailure(`${scope.shown(path)} looks like a secret: nothing is renamed in it`);
    const edits = await renameEdits(path, args, { context, ports });
    const paths = [...edits.keys()];
    const resources = paths.map((one) => ({ path: one, access: 'write' as const }));
    if (paths.some((one) => isForbidden(one, context)))
      return {
        action: { ...common, resources, arguments: args, changes: [], undo: 'none' },
        ...{ title, card: { kind: 'edit', blocks: [] }, undo: { state: 'none', words: 'Nothing would be changed.' } },
      };
    const files: RenamedFile[] = [];
    for (const [one, own] of edits) files.push(await renamed(one, own, { context, ports }));
    const images = files.map(({ image }) => image);
    const undo = await undoOf(ports, images);
    const names = paths.map((one) => scope.shown(one));
    const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : '';
    return {
      action: {
        ...common,
        resources,
        arguments: { ...args, files: files.map(({ path: one, pieces }) => ({ path: one, pieces })) },
        changes: images,
        undo: undo.kind,
      },
      title: `${title} in ${names.slice(0, NAMED).join(', ')}${more}`,
      card: {
        kind: 'edit',
        blocks: [
          {
            kind: 'sentence',
            icon: 'replace-all',
            tone: 'plain',
            words: [
              { exact: symbol },
              ' becomes ',
              { exact: to },
              ` in ${counted(files.length, 'file', 'files')}, as the editor’s language services say.`,
            ],
          },
          ...files.flatMap(({ card }) => card.blocks),
        ],
      },
      undo: undoView(undo, files.length === 1 ? 'puts the earlier text back' : 'puts the earlier texts back'),
      previews: files.map(({ preview }) => preview),
    };
  },
  async perform({ arguments: { symbol, to, files = [] }, changes }, context) {
    const writes = [];
    for (const image of changes) {
      const own = files.find(({ path }) => path === image.path);
      const shown = context.scope.shown(image.path);
      if (!own) throw new Changed(`${shown} is another file by now; nothing was done`);
      const old = await context.files.read(image.path, MAX_TEXT);
      const file = await textFile(old, shown, ports.encodings);
      const content = await bytesOf(withPieces(file.exact, own.pieces), { ...file, shown }, ports.encodings);
      writes.push({ path: image.path, content, image, old });
    }
    const done = await writeAll(writes, context.files, context.scope);
    const saved = done.map(({ path, content, written }) => savedOtherwise(content, written, context.scope.shown(path)));
    return {
      ok: true,
      text: `Renamed ${symbol} to ${to} in ${done.map(({ path }) => context.scope.shown(path)).join(', ')}.${saved.map(({ words }) => words).join('')}`,
      facts: { files: done.length, ...saved.reduce((all, { told }) => ({ ...all, ...told.facts }), {}) },
      remarks: saved.flatMap(({ told }) => told.remarks ?? []),
      contentOf: [],
    };
  },
}));

/** Whatever else would be decided: it is denied, and nothing of it is shown. */
function isForbidden(path: string, { scope }: CallContext): boolean {
  const { kind } = scope.standing(path, 'write');
  return kind !== 'free' && kind !== 'secret';
}

async function renamed(
  path: string,
  edits: readonly CodeEdit[],
  { context, ports }: { context: CallContext; ports: RenamePorts },
): Promise<RenamedFile> {
  const { scope, files } = context;
  const shown = scope.shown(path);
  if (scope.isSecret(path))
    throw new ToolFailure(
      `it would change ${shown}, which looks like a secret; nothing was done. Edit the other files`,
    );
  await files.changeable(path);
  const image = await files.preImage(path);
  const file = await textFile(await files.read(path, MAX_TEXT), shown, ports.encodings);
  const pieces = piecesOf(file.text, edits, shown);
  const exact = withPieces(file.exact, pieces);
  if (plainEnds(exact).length > MAX_TEXT) throw new ToolFailure(`${shown} would be too long; nothing was done`);
  await bytesOf(exact, { ...file, shown }, ports.encodings);
  const texts = shownTexts(file.exact, exact);
  return {
    ...{ path, pieces, image },
    card: await editCard({
      ...{ shown, absolute: path, change: 'edit', before: texts.before, after: texts.after },
      kept: keptWords(file),
      unsaved: await isUnsavedAt(path, context),
    }),
    preview: { path, before: texts.before, after: texts.after },
  };
}
