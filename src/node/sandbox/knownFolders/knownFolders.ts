import { throwIfStopped } from '../../../core/outcome.ts';
import { identityAt } from '../entries.ts';
import type { When } from '../folderEntries.ts';
import { Stretch } from '../stretch.ts';
import { MOST_ENTRIES, survey, surveyAfter, surveyBefore, topmost, type Survey } from '../survey.ts';
import type { Parts } from '../surveyPart.ts';
import type { Rules } from '../surveyRules.ts';
import { Lost } from './folderWatch.ts';
import { KnownTree, type ListFolders } from './knownTree.ts';
import { WatchThread } from './watchThread.ts';

/** Fewer entries are looked through faster than a watch begins. */
const LEAST_ENTRIES = 2_000;
/** Rules differ by what a command may see; of more the oldest are forgotten. */
const MOST_RULES = 6;
const IDLE_MS = 600_000;
/** Where folders cannot be watched, that is so for a while. */
const NOT_AGAIN_MS = 300_000;

/** How a workspace is surveyed. */
export interface Surveyed {
  roots: readonly string[];
  /** `key`: the same text for rules that say the same of every path; without one nothing is kept. */
  rules: Rules & { key?: string | undefined };
  when: When;
  elsewhere?: ReadonlySet<string>;
}

interface Watched {
  key: string;
  thread: WatchThread;
  folders: Set<string>;
  trees: Map<string, KnownTree>;
}

/**
 * Surveys of workspaces that are kept from one command to the next. A large workspace is watched from its second survey
 * on, and only what changed since is looked at again (see `FolderWatch` for why that is all that changed); where the watch
 * may have missed something, or cannot be had, everything is looked at.
 */
export class KnownFolders {
  readonly #dataFolder: string;
  readonly #leastEntries: number;
  #watched: Watched | undefined;
  #lastSize = { key: '', entries: 0 };
  #turn: Promise<unknown> = Promise.resolve();
  #notBefore = 0;
  #idle: NodeJS.Timeout | undefined;
  #listed = 0;

  constructor(dataFolder: string, leastEntries = LEAST_ENTRIES) {
    this.#dataFolder = dataFolder;
    this.#leastEntries = leastEntries;
  }

  /** How many folders are watched, and how many were listed so far: nothing else is looked at again. */
  get effort(): { watched: number; listed: number } {
    return { watched: this.#watched?.folders.size ?? 0, listed: this.#listed };
  }

  /** As `survey` would find it now. */
  survey(what: Surveyed): Promise<Survey> {
    return this.#inTurn(() => this.#survey(what));
  }

  /** What rules hide in folders that are watched; undefined where somebody has to look. Names alone: no file's content or other name is looked at. */
  hidden(roots: readonly string[], rules: Surveyed['rules']): Promise<string[] | undefined> {
    return this.#inTurn(async () => {
      if (rules.signal) throwIfStopped(rules.signal);
      const parts = await this.#known(topmost(roots), rules, new Stretch());
      if (!parts || parts.entries > (rules.most ?? MOST_ENTRIES)) return undefined;
      const { deniedFiles, deniedFolders } = parts.lists();
      return [...deniedFiles, ...deniedFolders];
    });
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }

  async close(): Promise<void> {
    clearTimeout(this.#idle);
    const watched = this.#watched;
    this.#watched = undefined;
    await watched?.thread.close();
  }

  async #survey({ roots, rules, when, elsewhere = new Set() }: Surveyed): Promise<Survey> {
    if (rules.signal) throwIfStopped(rules.signal); // it may have waited for its turn
    const tops = topmost(roots);
    const stretch = new Stretch();
    const parts = await this.#known(tops, rules, stretch);
    const isOpen = (path: string): boolean => when !== 'before' && !when.closedBefore.has(path);
    if (parts && parts.entries <= (rules.most ?? MOST_ENTRIES) && ![...parts.closed].some(isOpen))
      return when === 'before'
        ? surveyBefore(tops, parts, { rules, elsewhere, stretch })
        : surveyAfter(parts, { rules, when, stretch });
    const found = await survey(roots, rules, when, elsewhere);
    this.#lastSize = { key: keyOf(tops), entries: found.entries };
    return found;
  }

  /** What is known of the folders, up to date; undefined where all has to be looked at. */
  async #known(tops: readonly string[], rules: Surveyed['rules'], stretch: Stretch): Promise<Parts | undefined> {
    const key = keyOf(tops);
    if (rules.key === undefined || performance.now() < this.#notBefore) return undefined;
    if (this.#watched?.key !== key) {
      await this.close();
      if (this.#lastSize.key !== key || this.#lastSize.entries < this.#leastEntries) return undefined;
    }
    // What was lost is begun anew, once.
    for (const isLast of this.#watched ? [false, true] : [true])
      try {
        return await this.#upToDate(tops, { ...rules, key: rules.key }, stretch);
      } catch (error) {
        await this.close(); // it may be half looked at
        if (!(error instanceof Lost)) throw error;
        if (isLast) this.#notBefore = performance.now() + NOT_AGAIN_MS;
      }
    return undefined;
  }

  async #upToDate(tops: readonly string[], rules: Rules & { key: string }, stretch: Stretch): Promise<Parts> {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => void this.close(), IDLE_MS).unref();
    const watched: Watched = this.#watched ?? {
      key: keyOf(tops),
      thread: new WatchThread(tops, this.#dataFolder),
      folders: new Set(),
      trees: new Map(),
    };
    this.#watched = watched;
    const list: ListFolders = async (paths) => {
      if (rules.signal) throwIfStopped(rules.signal);
      const listings = await watched.thread.list(paths.map((path) => ({ path, fresh: !watched.folders.has(path) })));
      this.#listed += paths.length;
      for (const [index, path] of paths.entries()) if (typeof listings[index] !== 'string') watched.folders.add(path);
      return listings;
    };
    await this.#bringUpToDate(watched, list);
    let tree = watched.trees.get(rules.key);
    if (!tree) {
      const [oldest] = watched.trees.keys();
      if (oldest !== undefined && watched.trees.size >= MOST_RULES) watched.trees.delete(oldest);
      tree = new KnownTree(tops, rules, stretch);
      await tree.begin(list);
      watched.trees.set(rules.key, tree);
    }
    return tree.parts;
  }

  async #bringUpToDate({ thread, folders, trees }: Watched, list: ListFolders): Promise<void> {
    const changes = await thread.changes();
    const all = [...trees.values()];
    const gone = all.flatMap((tree) => tree.forget(changes));
    for (const folder of gone) folders.delete(folder);
    for (const tree of all) gone.push(...(await tree.update(changes.keys(), list)));
    const unknown = gone.filter((folder) => !all.some((tree) => tree.parts.has(folder)));
    for (const folder of unknown) folders.delete(folder);
    if (unknown.length > 0) await thread.forget(unknown);
  }
}

/** Which folders these are: others may stand at the same paths by now. */
function keyOf(tops: readonly string[]): string {
  return JSON.stringify(tops.map((path) => [path, identityAt(path)]));
}
