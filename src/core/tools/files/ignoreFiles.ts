import type { Ignore } from 'ignore';
import { Forbidden } from '../../scope/guard.ts';
import { ToolFailure } from '../../outcome.ts';
import { isInside, parentOf, relativeTo } from '../../scope/spelling.ts';
import type { FileEntry } from '../../scope/files.ts';
import type { CallContext } from '../tool.ts';

const MOST_BYTES = 1024 * 1024;
const NAMES = ['.gitignore', '.ignore'];

/** What `.gitignore` and `.ignore` files say of what a search comes by: each counts in its folder and below. */
export class IgnoreFiles {
  readonly #context: CallContext;
  readonly #byFolder = new Map<string, Ignore>();
  readonly #meant = new Set<string>();

  constructor(context: CallContext) {
    this.#context = context;
  }

  /** Reads those from the workspace folder down to where a search starts; what is ignored itself was meant all the same. */
  async begin(start: string): Promise<void> {
    const root = this.#context.scope.rootOf(start) ?? start;
    const above: string[] = [];
    for (let at = start; isInside(root, at); at = parentOf(at)) {
      above.unshift(at);
      if (at === root) break;
    }
    for (const folder of above) {
      if (folder !== root && this.isIgnored({ path: folder, kind: 'directory' })) this.mean(folder);
      await this.enter(folder);
    }
  }

  /** A folder that is ignored and was named all the same: what is said above it does not count in it. */
  mean(folder: string): void {
    this.#meant.add(folder);
  }

  /** Before what is in a folder comes. `names`: those of them that it may have. */
  async enter(folder: string, names: readonly string[] = NAMES): Promise<void> {
    const texts: string[] = [];
    for (const name of names) texts.push(await this.#textOf(`${folder}/${name}`));
    if (texts.every((text) => text === '')) return;
    const { default: ignore } = await import('ignore');
    this.#byFolder.set(folder, ignore({ allowRelativePaths: true }).add(texts.join('\n')));
  }

  /** The same, where it is known what is in it: in few folders there is any. */
  async lists(folder: string, entries: readonly FileEntry[]): Promise<void> {
    const names = NAMES.filter((one) => entries.some(({ name }) => name === one));
    if (names.length > 0) await this.enter(folder, names);
  }

  isIgnored({ path, kind }: Pick<FileEntry, 'path' | 'kind'>): boolean {
    if (this.#byFolder.size === 0) return false;
    // The nearest one that says something counts.
    for (let folder = parentOf(path); ; folder = parentOf(folder)) {
      const said = this.#byFolder.get(folder)?.test(`${relativeTo(folder, path)}${kind === 'directory' ? '/' : ''}`);
      if (said?.ignored === true) return true;
      if (said?.unignored === true || folder === '/' || this.#meant.has(folder)) return false;
    }
  }

  async #textOf(path: string): Promise<string> {
    try {
      return new TextDecoder().decode(await this.#context.files.read(path, MOST_BYTES));
    } catch (error) {
      if (error instanceof ToolFailure || error instanceof Forbidden) return ''; // not there, or kept from the agent
      throw error;
    }
  }
}
