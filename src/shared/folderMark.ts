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

/** All folders of a run, as events tell of them; not of earlier versions. */
export const folders = z.array(FolderMarkSchema).exactOptional();

/** Where a folder was, and where it is now; without `to` it is left out. `shownBy`: what shows that it is the same one. */
export const BoundFolderSchema = z.strictObject({
  from: z.string(),
  to: z.string().exactOptional(),
  shownBy: z.enum(['place', 'file', 'commit', 'nothing']),
});
