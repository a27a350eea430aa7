import { GIT_STORES } from '../../core/scope/contentStores.ts';
import { isRepositoryShape } from '../../core/scope/repositoryShape.ts';
import type { Entry } from './folderEntries.ts';
import type { Rules } from './surveyRules.ts';

/** What stands in one folder and needs care, by where it belongs in a survey. */
const KINDS = [
  'deniedFiles',
  'deniedFolders',
  'protectedPaths',
  'gitFolders',
  'bareFolders',
  'specials',
  'guardedLinks',
  'linksAbove',
  'protectedLinks',
] as const;
export type PartLists = Record<(typeof KINDS)[number], string[]>;

/** A folder below a workspace folder; `isGuarded`: it lies below a protected path. */
export interface Inner {
  path: string;
  isGuarded: boolean;
}

export interface Part extends Partial<PartLists> {
  isGuarded: boolean;
  /** How many entries it has. */
  entries: number;
  /** Folders in it that are looked through too. */
  inner: Inner[];
  /** Protected files, which may have other names. */
  guardedFiles?: string[];
}

/**
 * Files whose other names nobody looks for: what git keeps and writes anew itself, one file for each of many objects and
 * references, and what package managers link from a store of theirs, by the thousand.
 */
const MANY_NAMES =
  /\/\.git\/(?:(?:modules|worktrees)\/.*\/)?(?:objects|lfs|refs|logs)\/|\/(?:node_modules|\.venv|site-packages)\//;

/** What of a folder with these entries needs care. */
export function partOf(folder: string, entries: readonly Entry[], isGuarded: boolean, rules: Rules): Part {
  const part: Part = { isGuarded, entries: entries.length, inner: [] };
  const add = (kind: keyof PartLists | 'guardedFiles', path: string): void => {
    (part[kind] ??= []).push(path);
  };
  const addGuarded = (path: string): void => {
    if (!MANY_NAMES.test(path)) add('guardedFiles', path);
  };
  const isBare = isRepositoryShape(entries.map(({ name }) => name));
  if (!isGuarded && isBare) add('bareFolders', folder);
  const isStore = (name: string): boolean =>
    isBare && rules.hidesStores === true && GIT_STORES.includes(name.toLowerCase());
  for (const { path, name, kind } of entries) {
    if (rules.isHidden(path) || isStore(name)) add(kind === 'folder' ? 'deniedFolders' : 'deniedFiles', path);
    else if (!isGuarded && rules.isProtected(path)) {
      if (kind === 'link') add('protectedLinks', path);
      else if (kind === 'special') add('specials', path);
      else add(kind === 'folder' && name === '.git' ? 'gitFolders' : 'protectedPaths', path);
      if (kind === 'file') addGuarded(path);
      // Protected is not hidden: what is denied, or no file, is looked for in there too.
      if (kind === 'folder') part.inner.push({ path, isGuarded: true });
    } else if (kind === 'folder') part.inner.push({ path, isGuarded });
    else if (kind === 'special') add('specials', path);
    else if (kind === 'link' && isGuarded) add('guardedLinks', path);
    else if (kind === 'link' && rules.isAboveProtected(path)) add('linksAbove', path);
    else if (isGuarded) addGuarded(path);
  }
  return part;
}

/** What of folders that were looked through needs care, kept folder by folder. */
export class Parts {
  readonly #all = new Map<string, Part>();
  /** Those in which anything needs care: few of many. */
  readonly #notable = new Set<string>();
  readonly #closed = new Set<string>();
  #entries = 0;

  /** How many entries the folders have. */
  get entries(): number {
    return this.#entries;
  }

  get closed(): ReadonlySet<string> {
    return this.#closed;
  }

  get folders(): string[] {
    return [...this.#all.keys()];
  }

  has(folder: string): boolean {
    return this.#all.has(folder) || this.#closed.has(folder);
  }

  get(folder: string): Part | undefined {
    return this.#all.get(folder);
  }

  set(folder: string, part: Part): void {
    this.#entries += part.entries - (this.#all.get(folder)?.entries ?? 0);
    this.#closed.delete(folder);
    this.#all.set(folder, part);
    if (part.guardedFiles || KINDS.some((kind) => part[kind])) this.#notable.add(folder);
    else this.#notable.delete(folder);
  }

  /** It cannot be looked into. */
  close(folder: string): void {
    this.#closed.add(folder);
  }

  /** Forgets a folder and all that was found below it; returns which folders those were. */
  remove(folder: string): string[] {
    const part = this.#all.get(folder);
    const wasThere = this.#closed.delete(folder) || part !== undefined;
    if (!wasThere) return [];
    this.#all.delete(folder);
    this.#notable.delete(folder);
    this.#entries -= part?.entries ?? 0;
    return [folder, ...(part?.inner ?? []).flatMap(({ path }) => this.remove(path))];
  }

  lists(): PartLists {
    const lists = Object.fromEntries(KINDS.map((kind): [string, string[]] => [kind, []])) as PartLists;
    for (const folder of this.#notable)
      for (const kind of KINDS) for (const path of this.#all.get(folder)?.[kind] ?? []) lists[kind].push(path);
    return lists;
  }

  guardedFiles(): string[] {
    return [...this.#notable].flatMap((folder) => this.#all.get(folder)?.guardedFiles ?? []);
  }

  /** Denied folders that do not lie below a protected path. */
  openlyDenied(): string[] {
    return [...this.#notable].flatMap((folder) => {
      const part = this.#all.get(folder);
      return part?.isGuarded === false ? (part.deniedFolders ?? []) : [];
    });
  }

  /** How many entries each folder has. */
  sizes(): Map<string, number> {
    return new Map([...this.#all].map(([folder, { entries }]) => [folder, entries]));
  }
}
