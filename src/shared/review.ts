import * as z from 'zod';

// What a run changed, as a person reviews it: in the panel, in the editor, at the terminal.

/** `open`: neither kept nor put back. `put back`: it stands as it did before the run. */
export const ReviewStateSchema = z.enum(['open', 'kept', 'put back']);

export const ReviewedFileSchema = z.strictObject({
  path: z.string(),
  /** The path as people say it. */
  name: z.string(),
  what: z.enum(['new', 'changed', 'deleted', 'moved', 'permissions', 'perhaps']),
  /** Where it stood before, and that as people say it. */
  fromPath: z.string().exactOptional(),
  from: z.string().exactOptional(),
  /** Lines, where it is text that is kept. */
  added: z.number().exactOptional(),
  removed: z.number().exactOptional(),
  state: ReviewStateSchema,
  /** It was changed since, by a person or another program. */
  since: z.boolean(),
  /** The actions that changed it. */
  actions: z.array(z.string()),
});
export type ReviewedFile = z.infer<typeof ReviewedFileSchema>;

export const ReviewSchema = z.strictObject({
  run: z.string(),
  files: z.array(ReviewedFileSchema),
  /** Files beyond those. */
  more: z.number(),
  actions: z.array(z.strictObject({ id: z.string(), title: z.string() })),
  /** Where nobody looked, and what nobody knows, as a person is told. */
  unknown: z.array(z.string()),
});
export type Review = z.infer<typeof ReviewSchema>;

/** A place of a text that differs from how it was before. `line` counts from 1, in the text as it stands now. */
export interface ReviewPart {
  line: number;
  removed: readonly string[];
  added: readonly string[];
}

/** All that is put back with these files. */
export function pathsOf(files: readonly ReviewedFile[]): string[] {
  return files.flatMap(({ path, fromPath }) => (fromPath === undefined ? [path] : [path, fromPath]));
}

const WHAT: Record<ReviewedFile['what'], string> = {
  new: 'new',
  changed: 'changed',
  deleted: 'deleted',
  moved: 'moved',
  permissions: 'other permissions',
  perhaps: 'perhaps changed',
};

/** "changed since, +3 −1", a few words each; what matters most comes first. That a file changed goes without saying. */
export function reviewWords({ what, from, added, removed, since, state }: ReviewedFile): string[] {
  const lines = added === undefined || removed === undefined ? [] : [`+${added} −${removed}`];
  const words = from === undefined ? WHAT[what] : `moved from ${from}`;
  return [
    ...(state === 'put back' ? ['put back'] : since ? ['changed since'] : []),
    ...(state === 'kept' ? ['kept'] : []),
    ...(what === 'changed' && lines.length > 0 ? [] : [words]),
    ...lines,
  ];
}
