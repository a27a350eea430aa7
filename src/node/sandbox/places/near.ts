import { readdirSync, type Dirent } from 'node:fs';
import { bytesOfPath, textOfName } from '../../files/rawPath.ts';
import { entryAt } from '../entries.ts';

/** A folder of the workspace that was looked into, not what lies below it. */
export interface NearFolder {
  path: string;
  entries: readonly { name: string; kind: 'file' | 'folder' | 'link' | 'other' }[];
}

const DEEPEST = 3;
const MOST_FOLDERS = 400;
/** What is made, and what is not of the project's own hand. */
const PASSED_OVER =
  /^(?:\.git|\.hg|\.svn|node_modules|target|dist|build|out|vendor|__pycache__|\..*_cache|site-packages)$/;

/** How far the time of a change may lie before this process's clock (CLOCK_REALTIME_COARSE), amply. */
const COARSE_MS = 100;

type Entries = NearFolder['entries'];

/**
 * The upper folders of workspaces, where projects keep what says how they are built: at most 400 of them, no link
 * followed. What lies deeper than that is not found, and so not shown. What a folder holds is kept while the folder has
 * not changed since it was read; where nothing changed, the same list is returned.
 */
export class NearFolders {
  readonly #known = new Map<string, { stamp: string | undefined; entries: Entries }>();
  #last: readonly NearFolder[] = [];

  find(roots: readonly string[], isHidden: (path: string) => boolean): readonly NearFolder[] {
    const found: NearFolder[] = [];
    const pending = roots.map((path) => ({ path, depth: 0 }));
    for (let next = pending.shift(); next !== undefined && found.length < MOST_FOLDERS; next = pending.shift()) {
      const { path, depth } = next;
      const entries = this.#entriesOf(path);
      found.push({ path, entries });
      if (depth >= DEEPEST || entries.some(({ name }) => name === 'pyvenv.cfg')) continue;
      for (const { name, kind } of entries)
        if (kind === 'folder' && !PASSED_OVER.test(name) && !isHidden(`${path}/${name}`))
          pending.push({ path: `${path}/${name}`, depth: depth + 1 });
    }
    const isSame = ({ path, entries }: NearFolder, at: number): boolean =>
      this.#last[at]?.path === path && this.#last[at].entries === entries;
    if (found.length !== this.#last.length || !found.every(isSame)) this.#last = found;
    if (this.#known.size > 4 * MOST_FOLDERS) this.#known.clear();
    return this.#last;
  }

  #entriesOf(path: string): Entries {
    const stamp = stampOf(path);
    const known = this.#known.get(path);
    if (known && stamp !== undefined && known.stamp === stamp) return known.entries;
    const read = entriesOf(path);
    const isSame =
      known?.entries.length === read.length &&
      read.every(({ name, kind }, at) => known.entries[at]?.name === name && known.entries[at].kind === kind);
    const entries = isSame ? known.entries : read;
    this.#known.set(path, { stamp, entries });
    return entries;
  }
}

/**
 * What changes whenever a name in a folder does, or the content of a file; undefined where there is nothing, or it changed
 * so lately that it may change unseen.
 */
export function stampOf(path: string): string | undefined {
  const info = entryAt(path);
  if (!info || Date.now() - Number(info.ctimeNs) / 1e6 < COARSE_MS) return undefined;
  return `${info.dev}:${info.ino}:${info.ctimeNs}`;
}

export function entriesOf(path: string): Entries {
  try {
    return readdirSync(bytesOfPath(path), { withFileTypes: true, encoding: 'buffer' }).map((entry) => ({
      name: textOfName(entry.name),
      kind: kindOf(entry),
    }));
  } catch {
    return []; // it cannot be looked into, or went meanwhile
  }
}

function kindOf(entry: Dirent<Buffer>): NearFolder['entries'][number]['kind'] {
  if (entry.isFile()) return 'file';
  if (entry.isDirectory()) return 'folder';
  return entry.isSymbolicLink() ? 'link' : 'other';
}
