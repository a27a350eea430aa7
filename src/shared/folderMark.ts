import * as z from 'zod';

/** A workspace folder as it was found: where, and what tells it from another one that comes to stand there. */
export const FolderMarkSchema = z.strictObject({
  path: z.string(),
  /** Which folder it is on its file system; absent where that does not say, and in runs of earlier versions. */
  file: z.string().exactOptional(),
  /** The commit that was checked out in it, where it is the top of a git repository. */
  commit: z.string().exactOptional(),
});
export type FolderMark = z.infer<typeof FolderMarkSchema>;
