import type { Entry } from '../folderEntries.ts';
import type { Stretch } from '../stretch.ts';
import type { Rules } from '../surveyRules.ts';
import { Parts, partOf, type Inner } from '../surveyPart.ts';
import type { Listing } from './folderWatch.ts';

/** Lists folders, and watches them from then on. */
export type ListFolders = (folders: readonly string[]) => Promise<Listing[]>;

const AT_ONCE = 200;

/** What of watched folders needs care by some rules; kept as it is, and looked at again where something changed. */
export class KnownTree {
  readonly #tops: readonly string[];
  readonly #rules: Rules;
  readonly #parts = new Parts();
  readonly #stretch: Stretch;

  constructor(tops: readonly string[], rules: Rules, stretch: Stretch) {
    this.#tops = tops;
    this.#rules = rules;
    this.#stretch = stretch;
  }

  get parts(): Parts {
    return this.#parts;
  }

  /** Everything, for the first time. */
  begin(list: ListFolders): Promise<void> {
    return this.#enter(
      this.#tops.map((path) => ({ path, isGuarded: false })),
      list,
    );
  }

  /** Forgets what stood at these paths: something else may by now. Returns the folders that are forgotten. */
  forget(changes: ReadonlyMap<string, ReadonlySet<string>>): string[] {
    const forgotten: string[] = [];
    for (const [folder, names] of changes) {
      if (!this.#parts.has(folder)) continue;
      for (const name of names) forgotten.push(...this.#parts.remove(`${folder}/${name}`));
    }
    return forgotten;
  }

  /** Looks again at the folders that changed, and at what came below them. Returns the folders that are gone. */
  async update(changed: Iterable<string>, list: ListFolders): Promise<string[]> {
    const gone: string[] = [];
    const known = [...changed].filter((folder) => this.#parts.has(folder));
    const listings = await listed(known, list);
    const pending: Inner[] = [];
    for (const [folder, listing] of listings) {
      await this.#stretch.rest();
      const before = this.#parts.get(folder);
      const isGuarded = before?.isGuarded ?? this.#isBelowProtected(folder);
      if (typeof listing === 'string') {
        gone.push(...this.#parts.remove(folder));
        if (listing === 'closed') this.#parts.close(folder);
        continue;
      }
      const part = partOf(folder, entriesIn(folder, listing), isGuarded, this.#rules);
      this.#parts.set(folder, part);
      const still = new Set(part.inner.map(({ path }) => path));
      for (const { path } of before?.inner ?? []) if (!still.has(path)) gone.push(...this.#parts.remove(path));
      pending.push(...part.inner.filter(({ path }) => !this.#parts.has(path)));
    }
    await this.#enter(pending, list);
    return gone;
  }

  async #enter(folders: readonly Inner[], list: ListFolders): Promise<void> {
    let level = folders;
    while (level.length > 0) {
      const guarded = new Map(level.map(({ path, isGuarded }) => [path, isGuarded]));
      const next: Inner[] = [];
      for (const [folder, listing] of await listed([...guarded.keys()], list)) {
        await this.#stretch.rest();
        // One that is gone again changed the folder that it was in.
        if (listing === 'closed') this.#parts.close(folder);
        if (typeof listing === 'string') continue;
        const part = partOf(folder, entriesIn(folder, listing), guarded.get(folder) === true, this.#rules);
        this.#parts.set(folder, part);
        next.push(...part.inner);
      }
      level = next;
    }
  }

  /** Of a folder that could not be looked into so far. */
  #isBelowProtected(folder: string): boolean {
    for (let at = folder; !this.#tops.includes(at) && at !== ''; at = at.slice(0, at.lastIndexOf('/')))
      if (this.#rules.isProtected(at)) return true;
    return false;
  }
}

async function listed(folders: readonly string[], list: ListFolders): Promise<[string, Listing][]> {
  const found: [string, Listing][] = [];
  for (let at = 0; at < folders.length; at += AT_ONCE) {
    const some = folders.slice(at, at + AT_ONCE);
    const listings = await list(some);
    for (const [index, folder] of some.entries()) found.push([folder, listings[index] ?? 'gone']);
  }
  return found;
}

function entriesIn(folder: string, { names, kinds }: Exclude<Listing, string>): Entry[] {
  return names.map((name, index) => ({ path: `${folder}/${name}`, name, kind: kinds[index] ?? 'special' }));
}
