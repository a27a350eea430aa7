// Entries are spelled as in `tools/command/contentOf.ts`: `path`, `folder/`, `?folder/`.

const MOST_ENTRIES = 200;

/**
 * Of which files the messages of a run may hold content. An entry that another one covers is left out; past 200 the
 * deepest ones stand for their folders, so that less is said than could be, and nothing that is not so.
 */
export class SentContent {
  readonly #entries = new Set<string>();

  constructor(entries: Iterable<string> = []) {
    for (const entry of entries) this.add(entry);
  }

  /** Sorted. */
  get entries(): string[] {
    return [...this.#entries].sort();
  }

  add(entry: string): void {
    if (this.#isCovered(entry)) return;
    for (const one of this.#entries) if (covers(entry, one)) this.#entries.delete(one);
    this.#entries.add(entry);
    while (this.#entries.size > MOST_ENTRIES) this.#shorten();
  }

  #isCovered(entry: string): boolean {
    return this.#entries.has(entry) || [...this.#entries].some((one) => covers(one, entry));
  }

  /** The deepest entries become the folders around them. */
  #shorten(): void {
    const deepest = Math.max(...[...this.#entries].map(depthOf));
    for (const entry of [...this.#entries]) {
      const folder = folderAround(entry);
      if (depthOf(entry) < deepest || folder === undefined || !this.#entries.has(entry)) continue;
      this.#entries.delete(entry);
      this.add(folder);
    }
  }
}

/** Whether it is not even known that anything of it was read. */
function isUnsure(entry: string): boolean {
  return entry.startsWith('?');
}

/** What surely was read covers what perhaps was, but not the other way round. */
function covers(folder: string, entry: string): boolean {
  if (!folder.endsWith('/') || (isUnsure(folder) && !isUnsure(entry))) return false;
  return entry.replace(/^\?/, '').startsWith(folder.replace(/^\?/, ''));
}

/** `/w/src/` for `/w/src/a`, `?/w/` for `?/w/src/`; undefined at the top. */
function folderAround(entry: string): string | undefined {
  const bare = entry.replace(/\/$/, '');
  const cut = bare.lastIndexOf('/');
  return cut === -1 ? undefined : bare.slice(0, cut + 1);
}

function depthOf(entry: string): number {
  return entry.replace(/\/$/, '').split('/').length;
}
