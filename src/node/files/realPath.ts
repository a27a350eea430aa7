import { lstatSync, readdirSync, realpathSync } from 'node:fs';
import { folded } from '../../core/scope/pathRule.ts';

/** So many names of a folder are looked up one by one; where more are asked for, what is in it is listed once. */
const MOST_SINGLE = 4;
/** In a folder of more entries each name is looked up all the same. */
const MOST_LISTED = 5000;

/**
 * Resolves links of many paths as they stand now: what a path names with every link followed, as far as it exists; the
 * rest stays as it is written. Each folder and each name in it is looked at once, so one of these is for one moment.
 * Looks at once and not by way of the thread pool: hundreds of rules name paths in the same folder, before every call.
 */
export function realPaths(): (path: string) => Promise<string> {
  const known = new Map<string, Found>([['/', { real: '/', exists: true }]]);
  const folders = new Map<string, Folder>();
  const look = (path: string): Found => {
    const before = known.get(path);
    if (before) return before;
    const cut = path.lastIndexOf('/');
    const around = look(cut <= 0 ? '/' : path.slice(0, cut));
    const found = below(around, path.slice(cut + 1), folders);
    known.set(path, found);
    return found;
  };
  return (path) => Promise.resolve(look(`/${path.split('/').filter(Boolean).join('/')}`).real);
}

interface Found {
  real: string;
  exists: boolean;
}

function below({ real, exists }: Found, name: string, folders: Map<string, Folder>): Found {
  const path = `${real === '/' ? '' : real}/${name}`;
  if (!exists) return { real: path, exists };
  const folder = folders.get(real) ?? new Folder(real);
  folders.set(real, folder);
  switch (folder.kindOf(name, path)) {
    case 'none':
      return { real: path, exists: false };
    case 'itself':
      return { real: path, exists: true };
    case 'link':
      try {
        return { real: realpathSync.native(path), exists: true };
      } catch {
        return { real: path, exists: false };
      }
  }
}

type Kind = 'none' | 'itself' | 'link';

/** What is in a folder, looked at once. */
class Folder {
  readonly #path: string;
  #asked = 0;
  /** Undefined where it has not been listed; null where that cannot be done, or is too much. */
  #listed: { kinds: Map<string, Kind>; folded: Set<string> } | null | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  kindOf(name: string, path: string): Kind {
    this.#asked += 1;
    if (this.#asked <= MOST_SINGLE) return kindAt(path);
    if (this.#listed === undefined) this.#listed = listed(this.#path);
    if (this.#listed === null) return kindAt(path);
    const kind = this.#listed.kinds.get(name);
    // Some file systems find a name under other spellings of it.
    return kind ?? (this.#listed.folded.has(folded(name)) ? kindAt(path) : 'none');
  }
}

function kindAt(path: string): Kind {
  try {
    return lstatSync(path).isSymbolicLink() ? 'link' : 'itself';
  } catch {
    return 'none';
  }
}

function listed(folder: string): { kinds: Map<string, Kind>; folded: Set<string> } | null {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    if (entries.length > MOST_LISTED) return null;
    return {
      kinds: new Map(entries.map((entry) => [entry.name, entry.isSymbolicLink() ? 'link' : 'itself'])),
      folded: new Set(entries.map(({ name }) => folded(name))),
    };
  } catch {
    return null; // no folder, or one that may not be listed: its names may be looked up all the same
  }
}
