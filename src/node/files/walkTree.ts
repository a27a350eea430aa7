import { Forbidden } from '../../core/scope/guard.ts';
import type { Effort, FileEntry, Walking } from '../../core/scope/files.ts';
import { Missing, throwIfStopped, ToolFailure } from '../../core/outcome.ts';
import type { Stretch } from '../sandbox/stretch.ts';
import type { OpenFolder } from './openTree.ts';

/** Longest path that is entered: longer ones cannot be given to the kernel whole (PATH_MAX, limits.h). */
const LONGEST = 4096;
/** So many folders are held open, each in the one before it; one further up is opened again when it is come back to. */
const MOST_OPEN = 64;

/** How a walk looks into folders; both throw `Forbidden` or `ToolFailure` where it may not or cannot. */
export interface Walked {
  /** Opens a folder in the open one that it lies in, or step by step from the workspace folder. */
  open(path: string, parent: OpenFolder | undefined): Promise<OpenFolder>;
  list(folder: OpenFolder, path: string): Promise<FileEntry[]>;
}

interface Level {
  path: string;
  folder: OpenFolder | undefined;
  entries: FileEntry[];
  next: number;
}

/**
 * Everything below a folder, each folder before what is in it. Works through a list of what is left to do, not by
 * calling itself: a tree may be deeper than the stack. The thread is given away in between.
 */
export async function* walkTree(
  path: string,
  walked: Walked,
  signal: AbortSignal,
  { effort, stretch, walking }: { effort: Effort | undefined; stretch: Stretch; walking: Walking | undefined },
): AsyncIterable<FileEntry> {
  const levels: Level[] = [];
  const enter = async (inner: string): Promise<void> => {
    throwIfStopped(signal);
    const level = await levelAt(inner, await openAgain(levels, walked, effort), walked, walking);
    if (!level) return;
    levels.push(level);
    giveBack(levels.at(-1 - MOST_OPEN));
  };
  try {
    await enter(path);
    for (let top = levels.at(-1); top !== undefined; top = levels.at(-1)) {
      const entry = top.entries[top.next];
      if (entry === undefined) {
        giveBack(levels.pop());
        continue;
      }
      top.next += 1;
      throwIfStopped(signal);
      if (stretch.isOver) await stretch.rest();
      yield entry;
      if (entry.kind === 'directory' && entry.path.length <= LONGEST && (walking?.enters(entry) ?? true))
        await enter(entry.path);
    }
  } finally {
    levels.forEach(giveBack);
  }
}

/** The folder that the next one lies in, opened once more if it was given back. */
async function openAgain(
  levels: readonly Level[],
  walked: Walked,
  effort: Effort | undefined,
): Promise<OpenFolder | undefined> {
  const parent = levels.at(-1);
  if (!parent || parent.folder) return parent?.folder;
  effort?.look(levels.length); // as many steps
  parent.folder = await orNothing(walked.open(parent.path, undefined));
  return parent.folder;
}

async function levelAt(
  path: string,
  parent: OpenFolder | undefined,
  walked: Walked,
  walking: Walking | undefined,
): Promise<Level | undefined> {
  const unread = (): void => walking?.unread(path);
  const folder = await orNothing(walked.open(path, parent), unread);
  if (!folder) return undefined;
  try {
    const entries = (await orNothing(walked.list(folder, path), unread)) ?? [];
    await walking?.lists?.(path, entries);
    return { path, folder, entries, next: 0 };
  } catch (error) {
    folder.close();
    throw error;
  }
}

function giveBack(level: Level | undefined): void {
  level?.folder?.close();
  if (level) level.folder = undefined;
}

/** Gone or unreadable: nothing below it. */
async function orNothing<T>(looking: Promise<T>, unread: () => void = () => undefined): Promise<T | undefined> {
  try {
    return await looking;
  } catch (error) {
    if (error instanceof Forbidden) return undefined;
    if (!(error instanceof ToolFailure)) throw error;
    if (!(error instanceof Missing)) unread();
    return undefined;
  }
}
