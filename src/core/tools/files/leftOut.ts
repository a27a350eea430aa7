import { visibleLine } from '../../../shared/visible.ts';
import type { FileEntry, Walking } from '../../scope/files.ts';
import type { CallContext } from '../tool.ts';

/** Folders that tools make anew, and git's own: they are not looked through, and the answer says so. */
export const PASSED_OVER = new Set(['node_modules', '.git', '__pycache__', '.venv', 'target', 'dist']);
/** The names of those that are, where a call says of paths what it says. */
export function passedOver(wanted: string): ReadonlySet<string> {
  const named = wanted.split('/');
  return new Set([...PASSED_OVER].filter((name) => !named.includes(name)));
}

/** Places that are named; of more the number is said. */
const NAMED = 5;

/** What a look through trees did not look into, so that "nothing found" is never said of what was not looked at. */
export class LeftOut implements Walking {
  readonly withoutSizes: boolean;
  readonly #context: CallContext;
  readonly #passedOver: ReadonlySet<string>;
  readonly #folders: string[] = [];
  readonly #unread: string[] = [];
  readonly #ignored: string[] = [];
  readonly #ignoredFolders = new Set<string>();
  #links = 0;
  #secrets = 0;
  #noText = 0;

  /** `wanted`: what the call says of paths. A folder that it names is looked through. */
  constructor(context: CallContext, wanted: string, sizes: 'with sizes' | 'without sizes' = 'without sizes') {
    this.#context = context;
    this.withoutSizes = sizes === 'without sizes';
    this.#passedOver = passedOver(wanted);
  }

  enters(folder: FileEntry): boolean {
    const passed = !this.isEntered(folder);
    if (passed) this.#folders.push(this.#shown(folder.path));
    return !passed && !this.#ignoredFolders.has(folder.path);
  }

  /** Whether a folder of this name is looked into. */
  isEntered({ name }: Pick<FileEntry, 'name'>): boolean {
    return !this.#passedOver.has(name);
  }

  /** What a `.gitignore` keeps out: a folder is not looked into. */
  ignored({ path, kind, name }: FileEntry): void {
    if (kind === 'directory') this.#ignoredFolders.add(path);
    // Of a folder that is passed over anyway, that is said.
    if (kind !== 'directory' || this.isEntered({ name })) this.#ignored.push(this.#shown(path));
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
      line('left out by .gitignore (include_ignored takes it in)', this.#ignored),
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
