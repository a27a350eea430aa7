import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { LanguageServices } from '../../src/core/editor/languages.ts';
import type { Editor, EditorWrite, OpenDocument } from '../../src/core/editor/port.ts';

interface Held {
  text: string;
  isUnsaved: boolean;
  isPlain: boolean;
  isTold: boolean;
}

/** A person's editor: it holds texts, and saves them over whatever stands there, as editors do where the length is the same. */
export class ScriptedEditor implements Editor {
  readonly #held = new Map<string, Held>();
  /** What a formatter makes of a text when it is saved. */
  format: (text: string) => string = (text) => text;
  /** Why nothing can be saved. */
  refuses: string | undefined;
  /** What the person does when they are asked what is open. */
  onLook: () => void = () => undefined;
  readonly done: string[] = [];
  languages?: LanguageServices;

  open(path: string): void {
    this.#held.set(path, { text: readFileSync(path, 'utf8'), isUnsaved: false, isPlain: true, isTold: true });
  }

  /** The person types. `of`: a document of another kind, whose text is not what is saved, or not told at all. */
  type(path: string, text: string, of: 'text' | 'notebook' | 'custom' = 'text'): void {
    this.#held.set(path, { text, isUnsaved: true, isPlain: of === 'text', isTold: of !== 'custom' });
  }

  close(path: string): void {
    this.#held.delete(path);
  }

  textOf(path: string): string | undefined {
    return this.#held.get(path)?.text;
  }

  isUnsaved(path: string): boolean {
    return this.#held.get(path)?.isUnsaved === true;
  }

  /** Ctrl+S: it makes a file that is gone anew, unsaved or not. What is not unsaved has been read anew when it changed. */
  pressSave(path: string): void {
    const held = this.#held.get(path);
    if (!held || (!held.isUnsaved && existsSync(path))) return;
    held.text = this.format(held.text);
    writeFileSync(path, held.text);
    held.isUnsaved = false;
  }

  documents(): OpenDocument[] {
    this.onLook();
    return [...this.#held].map(([path, { text, isUnsaved, isPlain, isTold }]) => ({
      ...{ path, isUnsaved, isPlain },
      text: (most) => (isTold && text.length <= most ? text : undefined),
    }));
  }

  save(path: string): Promise<string | undefined> {
    this.done.push(`save ${path}`);
    if (this.refuses === undefined) this.pressSave(path);
    return Promise.resolve(this.refuses);
  }

  gone(path: string, to: string | undefined): Promise<void> {
    this.done.push(`gone ${path}`);
    this.close(path);
    if (to !== undefined) this.open(to);
    return Promise.resolve();
  }

  write(path: string, { before, after }: { before: string; after: string }): Promise<EditorWrite> {
    this.done.push(`write ${path}`);
    const held = this.#held.get(path);
    if (!held?.isPlain) return Promise.resolve({ kind: 'not for it' });
    if (held.isUnsaved) return Promise.resolve({ kind: 'changed' });
    if (held.text !== before) return Promise.resolve({ kind: 'not for it' });
    this.type(path, after);
    if (this.refuses !== undefined) return Promise.resolve({ kind: 'failed', why: this.refuses });
    this.pressSave(path);
    return Promise.resolve({ kind: 'saved' });
  }
}
