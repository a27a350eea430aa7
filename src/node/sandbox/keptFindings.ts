import { entriesOf, stampOf } from './places/near.ts';

/** What a look through a folder found. */
export interface Findings {
  /** What commands are not to see. */
  withheld: string[];
  /** Files whose content decided about that, each with its stamp from before it was read (`stampOf`). */
  judged: ReadonlyMap<string, string | undefined>;
}

interface Kept {
  withheld: string[];
  /** Upper folders and judged files, as they were before they were looked at; undefined: it may change unseen. */
  stamps: ReadonlyMap<string, string | undefined>;
  until: number;
}

/** Tools put settings and tokens of their own at most so deep into an installation (`lib/node_modules/npm/npmrc`). */
const DEEPEST = 3;
const MOST_FOLDERS = 400;
/** Below that, what comes is found so late, in milliseconds. */
const MOST_AGE_MS = 300_000;

/**
 * What was found in folders outside the workspaces: the person's own, in which nothing of the agent's can be written.
 * Looking through one takes long, so it is kept while its upper folders and the files that were judged have not changed,
 * for a few minutes at most: the person may log in at a registry while a window is open.
 */
export class KeptFindings {
  readonly #known = new Map<string, Promise<Kept | undefined>>();
  readonly #now: () => number;

  constructor(now = () => performance.now()) {
    this.#now = now;
  }

  /** What commands are not to see below a folder; undefined where it cannot be looked through. */
  async below(folder: string, look: () => Promise<Findings | undefined>): Promise<string[] | undefined> {
    const last = this.#known.get(folder);
    const kept = await last;
    if (kept && this.#isCurrent(kept)) return kept.withheld;
    const other = this.#known.get(folder);
    if (other !== last && other) return (await other)?.withheld; // it began meanwhile
    const anew = this.#lookedAt(folder, look);
    this.#known.set(folder, anew);
    const found = await anew;
    if (!found && this.#known.get(folder) === anew) this.#known.delete(folder); // a mishap is no finding
    return found?.withheld;
  }

  forget(folder: string): void {
    this.#known.delete(folder);
  }

  clear(): void {
    this.#known.clear();
  }

  #isCurrent({ stamps, until }: Kept): boolean {
    if (this.#now() >= until) return false;
    for (const [path, stamp] of stamps) if (stamp === undefined || stampOf(path) !== stamp) return false;
    return true;
  }

  async #lookedAt(folder: string, look: () => Promise<Findings | undefined>): Promise<Kept | undefined> {
    const until = this.#now() + MOST_AGE_MS;
    const began = new Map(upperFolders(folder).map((path) => [path, stampOf(path)]));
    const found = await look();
    if (!found) return undefined;
    return { withheld: found.withheld, until, stamps: new Map([...began, ...found.judged]) };
  }
}

function upperFolders(top: string): string[] {
  const found: string[] = [];
  let level = [top];
  for (let depth = 0; depth <= DEEPEST; depth += 1) {
    const next: string[] = [];
    for (const folder of level) {
      if (found.length >= MOST_FOLDERS) return found;
      found.push(folder);
      if (depth < DEEPEST)
        for (const { name, kind } of entriesOf(folder)) if (kind === 'folder') next.push(`${folder}/${name}`);
    }
    level = next;
  }
  return found;
}
