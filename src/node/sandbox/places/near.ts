import { readdirSync, type Dirent } from 'node:fs';
import { bytesOfPath, textOfName } from '../../files/rawPath.ts';

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

/**
 * The upper folders of workspaces, where projects keep what says how they are built: at most 400 of them, no link
 * followed. What lies deeper than that is not found, and so not shown.
 */
export function nearFolders(roots: readonly string[], isHidden: (path: string) => boolean): NearFolder[] {
  const found: NearFolder[] = [];
  const pending = roots.map((path) => ({ path, depth: 0 }));
  for (let next = pending.shift(); next !== undefined && found.length < MOST_FOLDERS; next = pending.shift()) {
    const { path, depth } = next;
    const entries = entriesOf(path);
    found.push({ path, entries });
    if (depth >= DEEPEST || entries.some(({ name }) => name === 'pyvenv.cfg')) continue;
    for (const { name, kind } of entries)
      if (kind === 'folder' && !PASSED_OVER.test(name) && !isHidden(`${path}/${name}`))
        pending.push({ path: `${path}/${name}`, depth: depth + 1 });
  }
  return found;
}

export function entriesOf(path: string): NearFolder['entries'] {
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
