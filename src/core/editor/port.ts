import type { LanguageServices } from './languages.ts';

/** A document that is open in the editor, of whatever kind: text, notebook, custom. */
export interface OpenDocument {
  /** The file that it is saved to, as the editor spells it: absolute, and it may lead through links. */
  path: string;
  /** The person has changed it since it was saved, or it was never saved. */
  isUnsaved: boolean;
  /**
   * Whether saving it writes exactly its text, as UTF-8, as far as that is known beforehand: so of a text document, and
   * not of a notebook, whose text here is made of its cells.
   */
  isPlain: boolean;
  /** What the person sees. Undefined where the editor does not tell: a custom editor, or more characters than `most`. */
  text(most: number): string | undefined;
}

/** What became of an edit that the editor was to make. */
export type EditorWrite =
  /** Made and saved. What stands on the disk may be more than that: a formatter's work, or what was typed meanwhile. */
  | { kind: 'saved' }
  /** Nothing was done: it is not open as a text that the editor could give exactly this. The file can be written. */
  | { kind: 'not for it' }
  /** Nothing was done: the document is unsaved, or holds another text. */
  | { kind: 'changed' }
  /** It could not be saved; `why` is a sentence's end. What the editor holds and what the disk does is to be looked at. */
  | { kind: 'failed'; why: string };

/**
 * The editor around this engine: what it holds of files and the disk does not, and edits that it makes itself, so that
 * its undo knows of them. Other windows and other programs are not seen.
 */
export interface Editor {
  documents(): readonly OpenDocument[];
  /** Saves the document of this spelling. Why it was not, as a sentence's end; undefined where it was. */
  save(path: string, signal: AbortSignal): Promise<string | undefined>;
  /**
   * Closes the document of this spelling, whose file is gone: saving it would bring the file back. Where it stands at
   * `to` by now, it is opened there.
   */
  gone(path: string, to: string | undefined): Promise<void>;
  /** Gives the document of this spelling another text, and saves it. */
  write(path: string, text: { before: string; after: string }, signal: AbortSignal): Promise<EditorWrite>;
  /** What it knows of code. */
  readonly languages?: LanguageServices;
}

/** Where there is no editor. */
export const NO_EDITOR: Editor = {
  documents: () => [],
  save: () => Promise.resolve(undefined),
  gone: () => Promise.resolve(),
  write: () => Promise.resolve({ kind: 'not for it' }),
};
