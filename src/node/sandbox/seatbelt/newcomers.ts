import { isInside } from '../../../core/scope/spelling.ts';
import { controlEntries, quarantine } from '../quarantine.ts';
import type { Survey } from '../survey.ts';

interface RunningCall {
  roots: readonly string[];
  before: ReadonlySet<string>;
}

/**
 * Protected things that appear while a command runs although the profile forbids them (a repository in a folder
 * below, a name in another Unicode form), to be set aside when it has ended.
 */
export class Newcomers {
  readonly #dataFolder: string;
  readonly #running = new Set<RunningCall>();

  constructor(dataFolder: string) {
    this.#dataFolder = dataFolder;
  }

  /** To be asked with what is there before a call; what is returned, with what is there after it. */
  async watch(
    roots: readonly string[],
    look: () => Promise<Survey>,
  ): Promise<{ found: Survey; setAside: (after: Survey) => Promise<string[]>; forget: () => void }> {
    const others = [...this.#running];
    const found = await look();
    const entries = await controlEntries(found);
    // What another call made counts as new for this one too, or two calls could vouch for each other.
    others.push(...this.#running);
    const call: RunningCall = {
      roots,
      before: new Set(entries.filter((path) => others.every((other) => !madeDuring(other, path)))),
    };
    this.#running.add(call);
    return {
      found,
      setAside: async (after) => {
        // What cannot be looked into although it was opened may hold anything: it goes as a whole.
        const closed = after.closedFolders.filter((path) => !found.closedFolders.includes(path));
        const now = [...(await controlEntries(after)), ...closed];
        return quarantine(
          now.filter((path) => !call.before.has(path)),
          this.#dataFolder,
        );
      },
      forget: () => {
        this.#running.delete(call);
      },
    };
  }
}

function madeDuring(call: RunningCall, path: string): boolean {
  return call.roots.some((root) => isInside(root, path)) && !call.before.has(path);
}
