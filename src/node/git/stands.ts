import { relativeTo } from '../../core/scope/spelling.ts';
import { gitPointerOf, STATE_FOLDERS } from '../../core/checkpoint/gitPointer.ts';
import { sha256 } from '../files/hash.ts';
import { gitFoldersIn } from './gitFolders.ts';
import { bytesAt, FILES, MOST_BYTES, pointedBy, pointerAt, referencesIn, statOf } from './pointers.ts';

/** How git stands in one thing. */
export interface Stands {
  /** SHA-256 of what it says, and of its bytes. */
  digest: string;
  blob: string;
  bytes: Buffer;
  /** Milliseconds since 1970, and the inode, of a file of its own: 0 for a reference. */
  file: { mtime: number; ctime: number; ino: number };
}

/** Where the repositories of a tree stand. All paths are seen from its root. */
interface GitStands {
  pointers: Map<string, Stands>;
  /** Folders of repositories below another one's: submodules and work trees. */
  folders: string[];
  /** What is there, and is too large or not understood. */
  others: string[];
  leftOut: string[];
}

/** What an earlier look saw of a large file, so that one that nobody touched is not read again. */
type Known = (path: string) => Stands | undefined;

/** Looks at all repositories whose `.git` folders these are. Reads names and digests, and no content of files. */
export function gitStandsIn(root: string, dotGits: readonly string[], known: Known): GitStands {
  const all: GitStands = { pointers: new Map(), folders: [], others: [], leftOut: [] };
  const seen = (path: string): string => relativeTo(root, path);
  for (const dotGit of dotGits) {
    const { folders, leftOut } = gitFoldersIn(`${root}/${dotGit}`);
    all.leftOut.push(...leftOut.map(seen));
    for (const folder of folders) {
      // A name that would be read as another one is not covered.
      if (gitPointerOf(`${folder.path}/HEAD`)?.folder !== folder.path) {
        all.leftOut.push(seen(folder.path));
        continue;
      }
      if (folder.path !== `${root}/${dotGit}`) all.folders.push(seen(folder.path));
      const references = referencesIn(folder);
      if (!references) {
        all.leftOut.push(seen(folder.path));
        continue;
      }
      for (const [name, value] of references)
        all.pointers.set(seen(`${folder.path}/${name}`), ofBytes(Buffer.from(`${value}\n`)));
      for (const name of FILES) addFile(`${folder.path}/${name}`, name, { all, seen, known });
      for (const name of STATE_FOLDERS) addState(folder.path, name, { all, seen });
    }
  }
  return all;
}

function addFile(
  path: string,
  name: string,
  { all, seen, known }: { all: GitStands; seen: (path: string) => string; known: Known },
): void {
  const info = statOf(path);
  if (!info) return;
  const at = seen(path);
  const before = known(at);
  const file = { mtime: info.mtimeMs, ctime: info.ctimeMs, ino: info.ino };
  if (before && before.file.ctime === file.ctime && before.file.mtime === file.mtime && before.file.ino === file.ino) {
    all.pointers.set(at, before);
    return;
  }
  const bytes = info.isFile() && info.size <= MOST_BYTES ? bytesAt(path) : undefined;
  const pointed = pointedBy(name, bytes);
  if (pointed) all.pointers.set(at, { ...ofBytes(pointed.bytes), digest: pointed.digest, file });
  else {
    all.others.push(at);
    all.leftOut.push(at);
  }
}

/** What is not over comes back neither where a command ends it nor where one goes on with it. */
function addState(
  folder: string,
  name: string,
  { all, seen }: { all: GitStands; seen: (path: string) => string },
): void {
  const pointed = pointerAt(folder, name);
  if (!pointed) return;
  const at = seen(`${folder}/${name}`);
  all.pointers.set(at, ofBytes(pointed.bytes));
  all.leftOut.push(at);
}

function ofBytes(bytes: Buffer): Stands {
  const blob = sha256(bytes);
  return { digest: blob, blob, bytes, file: { mtime: 0, ctime: 0, ino: 0 } };
}
