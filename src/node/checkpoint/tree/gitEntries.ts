import { gitPointerOf } from '../../../core/checkpoint/gitPointer.ts';
import { gitStandsIn, type Stands } from '../../git/stands.ts';
import type { Entry, PackPlace, TreeStep } from './entry.ts';

/** Kernels count times in steps: what changed so shortly before it was read may change again within the same step. */
const STEP_MS = 50;
/** Longer texts stand in the pack. */
const MOST_TEXT = 4096;
/** That the repository of a folder is kept at all: before that, nobody knows where it stood. */
const KEPT = '/.';
const EMPTY = { mode: 0, size: 0, mtime: 0, ctime: 0, ino: 0, links: 1 };

interface Keeping {
  known: (path: string) => Entry | undefined;
  keep: (bytes: Buffer, blob: string) => PackPlace;
}

/** Where the repositories of a tree stand, as entries of it. One that stands as it did is the very entry that is known. */
export function gitEntriesIn(
  root: string,
  repositories: readonly string[],
  { known, keep }: Keeping,
): { entries: Map<string, Entry>; leftOut: string[] } {
  const entries = new Map<string, Entry>();
  const reread = (path: string): Stands | undefined => {
    const entry = known(path);
    if (!entry?.pointer || entry.hasty || entry.digest === undefined || entry.blob === undefined) return undefined;
    const { digest, blob, mtime, ctime, ino } = entry;
    return { digest, blob, bytes: Buffer.alloc(0), file: { mtime, ctime, ino } };
  };
  const { pointers, folders, others, leftOut } = gitStandsIn(root, repositories, reread);
  for (const folder of folders)
    entries.set(folder, known(folder) ?? { kind: 'directory', ...EMPTY, closed: true, pointer: true });
  for (const path of others)
    entries.set(
      path,
      known(path)?.kind === 'other' ? (known(path) as Entry) : { kind: 'other', ...EMPTY, pointer: true },
    );
  for (const [path, stands] of pointers) {
    const before = known(path);
    const isAsBefore =
      before?.blob === stands.blob && before.ctime === stands.file.ctime && before.ino === stands.file.ino;
    entries.set(path, before && isAsBefore && !before.hasty ? before : entryOf(path, stands, keep));
    const marker = markerOf(root, path);
    if (marker !== undefined)
      entries.set(marker, known(marker) ?? { kind: 'directory', ...EMPTY, closed: true, pointer: true });
  }
  return { entries, leftOut };
}

function entryOf(path: string, { digest, blob, bytes, file }: Stands, keep: Keeping['keep']): Entry {
  const isShort = bytes.length <= MOST_TEXT && Buffer.from(bytes.toString('utf8')).equals(bytes);
  const isText = isShort && !path.endsWith('/index');
  return {
    ...{ kind: 'file', mode: 0, links: 1, size: bytes.length, ...file, digest, blob, pointer: true },
    ...(isText ? { text: bytes.toString('utf8') } : { at: keep(bytes, blob) }),
    ...(file.ctime > 0 && Date.now() - file.ctime < STEP_MS && { hasty: true as const }),
  };
}

function markerOf(root: string, path: string): string | undefined {
  const folder = gitPointerOf(`${root}/${path}`)?.folder;
  return folder === undefined ? undefined : `${folder.slice(root.length + 1)}${KEPT}`;
}

/**
 * Steps, without those of repositories that were not kept before, or are not there any more: of such a one the folder
 * itself came or went, and to take its branches away one by one would be no undo.
 */
export function ofKnownRepositories(steps: TreeStep[]): TreeStep[] {
  const turned = new Set<string>();
  for (const { path } of steps) if (path.endsWith(KEPT)) turned.add(path);
  return steps.filter(({ path, before, after }) => {
    if (path.endsWith(KEPT)) return false;
    if (!(after ?? before)?.pointer) return true;
    const folder = gitPointerOf(`/${path}`)?.folder;
    return folder === undefined || !turned.has(`${folder.slice(1)}${KEPT}`);
  });
}
