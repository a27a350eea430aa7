import { visibleLine } from '../../../shared/visible.ts';
import type { FileEntry, Walking } from '../../scope/files.ts';
import type { CallContext } from '../tool.ts';

/** Folders that tools make anew, and git's own: they are not looked through, and the answer says so. */
export const PASSED_OVER = new Set(['node_modules', '.git', '__pycache__', '.venv', 'target', 'dist']);
/** Places that are named; of more the number is said. */
const NAMED = 5;

/** What a look through trees did not look into, so that "nothing found" is never said of what was not looked at. */
export class LeftOut implements Walking {
  readonly #context: CallContext;
  readonly #wanted: string;
  readonly #folders: string[] = [];
  readonly #unread: string[] = [];
  #links = 0;
  #secrets = 0;
  #noText = 0;

  /** `wanted`: what the call says of paths. A folder that it names is looked through. */
  constructor(context: CallContext, wanted: string) {
    this.#context = context;
    this.#wanted = wanted;
  }

  enters(folder: FileEntry): boolean {
    const passed = PASSED_OVER.has(folder.name) && !this.#wanted.split('/').includes(folder.name);
    if (passed) this.#folders.push(this.#shown(folder.path));
    return !passed;
  }

  unread(path: string): void {
    this.#unread.push(this.#shown(path));
  }

  link(): void {
    this.#links += 1;
  }

  secret(): void {
    this.#secrets += 1;
  }

  noText(): void {
    this.#noText += 1;
  }

  /** Lines of a result. Where something was found, what hardly ever matters is not counted up. */
  words(found: 'something' | 'nothing'): string {
    const few = found === 'nothing';
    return [
      line('not looked into (give one as path)', this.#folders),
      line('cannot be read', this.#unread),
      few ? counted(this.#secrets, 'likely secrets left out') : '',
      few ? counted(this.#noText, 'files that are no text left out') : '',
      few ? counted(this.#links, 'links not followed') : '',
    ].join('');
  }

  #shown(path: string): string {
    return visibleLine(this.#context.scope.shown(path));
  }
}

function line(what: string, paths: readonly string[]): string {
  if (paths.length === 0) return '';
  const more = paths.length > NAMED ? ` and ${paths.length - NAMED} more` : '';
  return `\n[${what}: ${paths.slice(0, NAMED).join(', ')}${more}]`;
}

function counted(count: number, what: string): string {
  return count === 0 ? '' : `\n[${what}: ${count}]`;
}
