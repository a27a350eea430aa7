import { MAX_TEXT } from '../editedText.ts';
import { isInside, nameOf, parentOf } from '../scope/spelling.ts';
import type { Editor, EditorWrite, OpenDocument } from './port.ts';

/** A file that the editor holds and the disk has otherwise, or not at all. */
export interface UnsavedFile {
  /** The real path: every link on the way resolved. */
  path: string;
  /** The links that the editor goes through to save it: where one is gone, saving makes a file in its place. */
  via: readonly string[];
  /** The person's text, where the editor tells it. */
  text?: string;
  /** Saving it writes exactly that text, as UTF-8, as far as that is known beforehand. */
  isPlain: boolean;
}

/** Whether a change at a path, or of all below it, would be one to a file that the editor saves. */
export function isMetAt(path: string, { path: own, via }: Pick<UnsavedFile, 'path' | 'via'>): boolean {
  return isInside(path, own) || via.some((link) => isInside(path, link));
}

/** A file that could not be saved, and why: a sentence's end. */
export interface NotSaved {
  path: string;
  why: string;
}

interface Open extends Pick<UnsavedFile, 'path' | 'via'> {
  document: OpenDocument;
  /** It leads where it led when it was first seen. */
  isWhereItWas: boolean;
}

type RealPaths = () => (path: string) => Promise<string>;

/**
 * The open documents of an editor by what their paths really name. Asked anew each time: nothing of it stays true. What
 * is kept is where each document led when it was first seen: one that leads elsewhere by now holds the text of another
 * file, and is not given away as this one's.
 */
export class OpenFiles {
  readonly #editor: Editor;
  readonly #realPaths: RealPaths;
  #firstSeen = new Map<string, string>();

  constructor(editor: Editor, realPaths: RealPaths) {
    this.#editor = editor;
    this.#realPaths = realPaths;
  }

  /** To be called before anything can make a path lead elsewhere. */
  async noteWhereTheyLead(): Promise<void> {
    await this.#open();
  }

  async unsaved(): Promise<readonly UnsavedFile[]> {
    const byPath = new Map<string, UnsavedFile>();
    const open = (await this.#open()).filter(({ document }) => document.isUnsaved);
    for (const { path, via, document, isWhereItWas } of open) {
      // Open under two names it has two texts: neither is the file's.
      const before = byPath.get(path);
      const text = before || !isWhereItWas ? undefined : document.text(MAX_TEXT);
      const isPlain = text !== undefined && document.isPlain;
      byPath.set(path, { path, via: [...(before?.via ?? []), ...via], isPlain, ...(text !== undefined && { text }) });
    }
    return [...byPath.values()];
  }

  /** Saves what is unsaved of these files. What could not be saved is told; what is not unsaved is not touched. */
  async save(paths: readonly string[], signal: AbortSignal): Promise<NotSaved[]> {
    const problems: NotSaved[] = [];
    for (const path of paths) {
      const own = (await this.#open()).filter((one) => one.path === path && one.document.isUnsaved);
      const [only, ...others] = own;
      if (!only) continue;
      const why =
        others.length > 0
          ? 'it is open under two names, with unsaved changes in both'
          : await this.#editor.save(only.document.path, signal);
      if (why !== undefined) problems.push({ path, why });
    }
    return problems;
  }

  async isOpen(path: string): Promise<boolean> {
    return (await this.#open()).some((one) => one.path === path);
  }

  /** Lets the editor make a change to a file that it has open and saved. */
  async write(
    path: string,
    text: { before: string; after: string },
    signal = new AbortController().signal,
  ): Promise<EditorWrite> {
    const own = (await this.#open()).filter((one) => one.path === path);
    if (own.some(({ document }) => document.isUnsaved)) return { kind: 'changed' };
    // Open under two names, the one behind links first: of what changes there by the other, editors do not hear.
    for (const { document, isWhereItWas } of own.toSorted((a, b) => b.via.length - a.via.length)) {
      if (!document.isPlain || !isWhereItWas) continue;
      const done = await this.#editor.write(document.path, text, signal);
      if (done.kind !== 'not for it') return done;
    }
    return { kind: 'not for it' };
  }

  /** What stood at or below a path is gone, or `to` another: what is open of it is not to be saved there any more. */
  async gone(path: string, to?: string): Promise<void> {
    for (const file of await this.#open()) {
      if (!isMetAt(path, file) || file.document.isUnsaved) continue;
      const at = isInside(path, file.path) && to !== undefined ? to + file.path.slice(path.length) : undefined;
      await this.#editor.gone(file.document.path, at);
    }
  }

  async #open(): Promise<Open[]> {
    const documents = this.#editor.documents();
    if (documents.length === 0) return [];
    const real = this.#realPaths();
    const seen = new Map<string, string>();
    const open: Open[] = [];
    for (const document of documents) {
      const path = await real(document.path);
      const first = this.#firstSeen.get(document.path) ?? path;
      seen.set(document.path, first);
      open.push({ path, via: await linksOn(document.path, real), document, isWhereItWas: first === path });
    }
    this.#firstSeen = seen; // one that was closed and opened again is another
    return open;
  }
}

/** Where the links stand that a path leads through. */
async function linksOn(path: string, real: (path: string) => Promise<string>): Promise<string[]> {
  const links: string[] = [];
  for (let at = path; at !== '/'; at = parentOf(at)) {
    const folder = await real(parentOf(at));
    const own = `${folder === '/' ? '' : folder}/${nameOf(at)}`;
    if (own !== (await real(at))) links.push(own);
  }
  return links;
}
