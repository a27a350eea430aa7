import * as z from 'zod';
import type { Change } from '../../../shared/action.ts';
import { ToolFailure } from '../../outcome.ts';
import { withoutParts } from './textParts.ts';
import type { ToolPorts } from '../ports.ts';
import { defineTool, type CallContext, type Tool } from '../tool.ts';
import { onlyChange } from './changes.ts';
import { editCard } from './diffCard.ts';
import { isUnsavedAt, savedOtherwise } from './inEditor.ts';
import { undoOf, undoView } from './undo.ts';

/** Bytes of a file of which parts are put back. */
export const MOST_PARTED = 4 << 20;

/** `digest`: SHA-256 of the file in which a person saw these places. */
const parameters = z.strictObject({
  path: z.string(),
  digest: z.string(),
  parts: z
    .array(z.strictObject({ line: z.int().min(1), removed: z.array(z.string()), added: z.array(z.string()) }))
    .min(1),
});
export type PartsOf = z.infer<typeof parameters>;

type Ports = Pick<ToolPorts, 'folder' | 'foresee'>;

/**
 * Puts places of a text back as they were before a run, as an edit of a person's. A person calls it, never the model: it is
 * in no toolbox of a run.
 */
export const revertPart = defineTool((ports: Ports): Tool<PartsOf, Change> => ({
  name: 'revert_part',
  summary: 'Put back places of a text that a run changed.',
  family: 'file_system',
  effects: ['write'],
  parameters,
  about: 'The file',
  tried: (path) => ({ path, digest: '', parts: [{ line: 1, removed: [], added: [] }] }),
  async describe(of, context) {
    const { path } = await context.files.look(of.path, ports.folder, 'itself');
    const shown = context.scope.shown(path);
    if (path !== of.path) throw new ToolFailure(`${shown} leads to another place than it did then`);
    await context.files.changeable(path);
    const image = await context.files.preImage(path);
    if (image.kind !== 'file' || image.digest !== of.digest) throw new ToolFailure(CHANGED(shown));
    const texts = await textsOf(of, context);
    const undo = await undoOf(ports, [image]);
    const { length } = of.parts;
    return {
      action: {
        tool: 'revert_part',
        kind: 'change',
        effect: 'write',
        resources: [{ path, access: 'write' }],
        arguments: of,
        changes: [image],
        undo: undo.kind,
      },
      title: `Put back ${length === 1 ? 'a part' : `${length} parts`} of ${shown}`,
      card: await editCard({
        ...{ shown, absolute: path, change: 'edit', ...texts },
        unsaved: await isUnsavedAt(path, context),
      }),
      undo: undoView(undo, 'puts the text back that stands there now'),
      previews: [{ path, ...texts }],
    };
  },
  async perform(action, context) {
    const image = onlyChange(action);
    const { after } = await textsOf(action.arguments, context);
    const content = new TextEncoder().encode(after);
    const shown = context.scope.shown(image.path);
    const { words, told } = savedOtherwise(content, await context.files.write(image.path, content, image), shown);
    return { ok: true, text: `Put back.${words}`, ...told, contentOf: [] };
  },
}));

const CHANGED = (shown: string): string => `${shown} was changed since you looked; look at it again`;

async function textsOf(
  { path, parts }: PartsOf,
  { files, scope }: CallContext,
): Promise<{ before: string; after: string }> {
  const before = plainText(await files.read(path, MOST_PARTED));
  const after = before === undefined ? undefined : withoutParts(before, parts);
  if (before === undefined || after === undefined) throw new ToolFailure(CHANGED(scope.shown(path)));
  return { before, after };
}

/** Whatever the bytes are, they come back the same; undefined where they are no UTF-8. */
export function plainText(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
