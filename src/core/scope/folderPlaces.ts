import type { FolderMark } from '../../shared/folderMark.ts';

/** Looks at folders as such; at nothing in them but git's own pointers. */
export interface FolderPlaces {
  /** Which folder stands at a path on its file system; undefined where none does, also where the path leads through a link. */
  file(path: string): Promise<string | undefined>;
  /** The same, with what git says. */
  mark(path: string): Promise<FolderMark | undefined>;
  /** Whether the repository in a folder has had a commit checked out. So would any copy of it. */
  knows(path: string, commit: string): Promise<boolean>;
}

/** What became of a folder: it stands there as it was, another one does, or none. */
export async function stateOf({ path, file }: FolderMark, places: FolderPlaces): Promise<'there' | 'other' | 'gone'> {
  const now = await places.file(path);
  if (now === undefined) return 'gone';
  return file === undefined || now === file ? 'there' : 'other';
}
