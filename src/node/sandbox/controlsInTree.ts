import { isRepositoryShape } from '../../core/scope/repositoryShape.ts';

/** A file of a commit or of the index. */
interface TreeEntry {
  mode: string;
  object: string;
  /** Relative to the top of the work tree. */
  name: string;
}

/** What decides, by names alone, which files of a work tree run later. */
export interface TreeRules {
  isProtected(path: string): boolean;
  isAboveProtected(path: string): boolean;
}

const LINK = '120000';
/** Of a repository in a work tree: what makes it one, and what it runs. */
const OF_REPOSITORY = /^(head|commondir|config|config\.worktree|hooks|info)$/i;
const PARTS = /^(head|commondir|objects|refs)$/i;

interface Folder {
  parts: Set<string>;
  entries: string[];
}

/**
 * What of a commit, or of the index, would run later once it is checked out: protected files, links in the place of a
 * folder that holds some, and repositories that are files of this one, whose configuration git believes (as bare ones).
 */
export class ControlsInTree {
  readonly #worktree: string;
  readonly #rules: TreeRules;
  readonly #found = new Set<string>();
  readonly #folders = new Map<string, Folder>();

  constructor(worktree: string, rules: TreeRules) {
    this.#worktree = worktree;
    this.#rules = rules;
  }

  add({ mode, object, name }: TreeEntry): void {
    const path = `${this.#worktree}/${name}`;
    const entry = `${mode} ${object} ${name}`;
    if (this.#rules.isProtected(path) || (mode === LINK && this.#rules.isAboveProtected(path))) this.#found.add(entry);
    const segments = name.split('/');
    for (const [index, segment] of segments.entries()) {
      // At the top the work tree's own `.git` is found first.
      if (index === 0) continue;
      const isFile = index === segments.length - 1;
      const isPart = PARTS.test(segment) && isFile === /^(head|commondir)$/i.test(segment);
      if (!isPart && !OF_REPOSITORY.test(segment)) continue;
      const folder = this.#folder(segments.slice(0, index).join('/'));
      if (isPart) folder.parts.add(segment);
      if (OF_REPOSITORY.test(segment)) folder.entries.push(entry);
    }
  }

  /** One text each: mode, object and path. */
  get entries(): ReadonlySet<string> {
    const all = new Set(this.#found);
    for (const { parts, entries } of this.#folders.values())
      if (isRepositoryShape(parts)) for (const entry of entries) all.add(entry);
    return all;
  }

  #folder(name: string): Folder {
    const known = this.#folders.get(name);
    if (known) return known;
    const made: Folder = { parts: new Set(), entries: [] };
    this.#folders.set(name, made);
    return made;
  }
}
