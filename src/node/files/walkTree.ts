import { Forbidden } from '../../core/scope/guard.ts';
import type { Effort, FileEntry } from '../../core/scope/files.ts';
import { throwIfStopped, ToolFailure } from '../../core/tools/failure.ts';
import { Stretch } from '../sandbox/stretch.ts';

/** Longest path that is entered: longer ones cannot be given to the kernel whole (PATH_MAX, limits.h). */
const LONGEST = 4096;
/** A folder is opened step by step from the workspace folder: beyond any usual depth each step counts. */
const FREE_DEPTH = 64;
const STEP_COST = 8;

/**
 * Everything below a folder, each folder before what is in it. Works through a list of what is left to do, not by
 * calling itself: a tree may be deeper than the stack. The thread is given away in between.
 */
export async function* walkTree(
  path: string,
  list: (folder: string) => Promise<FileEntry[]>,
  signal: AbortSignal,
  effort: Effort | undefined,
): AsyncIterable<FileEntry> {
  const stretch = new Stretch();
  const pending: { entries: FileEntry[]; next: number }[] = [{ entries: await listed(path, list, signal), next: 0 }];
  for (let top = pending.at(-1); top !== undefined; top = pending.at(-1)) {
    const entry = top.entries[top.next];
    if (entry === undefined) {
      pending.pop();
      continue;
    }
    top.next += 1;
    throwIfStopped(signal);
    await stretch.rest();
    yield entry;
    if (entry.kind !== 'directory' || entry.path.length > LONGEST) continue;
    effort?.look(Math.max(0, pending.length - FREE_DEPTH) * STEP_COST);
    pending.push({ entries: await listed(entry.path, list, signal), next: 0 });
  }
}

async function listed(
  path: string,
  list: (folder: string) => Promise<FileEntry[]>,
  signal: AbortSignal,
): Promise<FileEntry[]> {
  throwIfStopped(signal);
  try {
    return await list(path);
  } catch (error) {
    if (error instanceof ToolFailure || error instanceof Forbidden) return []; // gone or unreadable: nothing below it
    throw error;
  }
}
