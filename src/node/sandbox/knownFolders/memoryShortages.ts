import { readFileSync } from 'node:fs';
import { parentOf } from '../../../core/scope/spelling.ts';
import { numberIn } from '../groups/files.ts';
import { ownHierarchies } from '../groups/where.ts';

/**
 * Tells whether the kernel may have failed to get memory for this process's account of changes: it has then looked for
 * some in vain, which it counts, for the machine (proc_vmstat(5), allocstall) and for each control group with a limit.
 */
export class MemoryShortages {
  /** Files in which groups say how often they reached their limit. */
  readonly #limits: readonly { folder: string; file: string; name?: string }[];
  readonly #isGrouped: boolean;

  /** From now on it is told about the control groups that this process is in now. */
  constructor() {
    const groups = ownHierarchies()
      .filter(({ version, controllers }) => version === 2 || controllers.includes('memory'))
      .flatMap(({ own }) => withParents(own));
    // Kernels without control groups hold no group to a limit; one whose groups are not to be seen may.
    this.#isGrouped = groups.length > 0 || textOf('/proc/self/cgroup')?.trim() === '';
    this.#limits = groups.flatMap((folder) =>
      [
        { folder, file: 'memory.events', name: 'max' },
        { folder, file: 'memory.failcnt' },
      ].filter(({ file, name }) => numberIn(folder, file, name) !== undefined),
    );
  }

  /** The same text as before where there was no shortage in between; undefined where the kernel does not say. */
  seen(): string | undefined {
    const stalls = textOf('/proc/vmstat')?.match(/^allocstall.*$/gm);
    if (!stalls || !this.#isGrouped) return undefined;
    const limits = this.#limits.map(({ folder, file, name }) => numberIn(folder, file, name) ?? 'gone');
    return [...stalls, ...limits].join(' ');
  }
}

function withParents(folder: string): string[] {
  return folder === '/' ? [] : [folder, ...withParents(parentOf(folder))];
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
