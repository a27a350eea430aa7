import { place, type Word } from './word.ts';

/**
 * What is known of the shell at some point of a command line: variables, and the folders it may be in, spelled as the
 * line spells them (`.` is where it started); undefined where that cannot be known.
 */
export interface ShellState {
  variables: Map<string, Word>;
  folders: readonly string[] | undefined;
}

const MOST_FOLDERS = 8;

export function initialState(folders: readonly string[] | undefined): ShellState {
  return { variables: new Map(), folders };
}

export function copyOf(state: ShellState): ShellState {
  return { variables: new Map(state.variables), folders: state.folders };
}

/** Either of two states: what they differ in is not known any more. */
export function either(a: ShellState, b: ShellState): ShellState {
  const variables = new Map([...a.variables].filter(([name, value]) => isSame(value, b.variables.get(name))));
  return { variables, folders: eitherFolder(a.folders, b.folders) };
}

function isSame(a: Word, b: Word | undefined): boolean {
  return a.kind === b?.kind && a.text === b.text;
}

export function eitherFolder(
  a: readonly string[] | undefined,
  b: readonly string[] | undefined,
): readonly string[] | undefined {
  if (!a || !b) return undefined;
  const all = [...new Set([...a, ...b])];
  return all.length > MOST_FOLDERS ? undefined : all;
}

/** A path as seen from a folder, both as they are spelled. */
export function seenFrom(folder: string, path: string): string {
  if (folder === '.' || path.startsWith('/') || path === '~' || path.startsWith('~/')) return path;
  return `${folder}/${path}`;
}

/** Variables that every shell here has, as far as their value matters. */
export function builtInVariable(name: string, folders: readonly string[] | undefined): Word | undefined {
  if (name === 'HOME') return place('~');
  if (name === 'PWD') return startFolder(folders);
  return undefined;
}

/** Where the line started, as long as it is still there. */
export function startFolder(folders: readonly string[] | undefined): Word | undefined {
  return folders?.length === 1 && folders[0] === '.' ? place('.') : undefined;
}

/** Variables that change what bash or its programs do. Setting one is never just setting a variable. */
const SPECIAL =
  /^(LD_|XDG_|TEXTDOMAIN|DYLD_|GIT_|BASH|PS[0-9]|PROMPT|LESS|GREP|RIPGREP|JQ_|PYTHON|NODE_|PERL|RUBY|GCONV|GLIBC|MALLOC_|LOCPATH|POSIX|OPT(IND|ARG|ERR)|HIST|MAIL|TMPDIR|TMP$|TEMP$|TERM|COMP|SHELL|EXECIGNORE|GLOB|FIGNORE|IFS$|ENV$|HOME$|CDPATH$|PATH$|FUNC|RANDOM|SRANDOM|SECONDS|LINENO|EPOCH|REPLY|PIPESTATUS|DIRSTACK|FIND|TAPE$|TAR_|BLOCKSIZE$|DFLT|IGNOREEOF|INPUTRC)|(PATH|OPTS?|OPTIONS|FLAGS|PRELOAD|PAGER|EDITOR|BROWSER|VISUAL|CONFIG)$/;

export function isSpecialVariable(name: string): boolean {
  return SPECIAL.test(name.toUpperCase());
}

/** Variables after whose change bash reads the same words differently. */
export function changesReading(name: string): boolean {
  return /^(IFS|HOME|ENV|BASH|SHELLOPTS|POSIX|GLOB|EXECIGNORE|FUNC|PROMPT|PS[0-9]|RANDOM|SRANDOM|SECONDS|LINENO|EPOCH|DIRSTACK|OPT(IND|ARG))/.test(
    name.toUpperCase(),
  );
}

/** Variables whose value bash, or a program that looks at them, runs as a command. */
export function isRunByPrograms(name: string): boolean {
  return /^(PROMPT_COMMAND|PS[0-4]|LESSOPEN|LESSCLOSE|BROWSER|VISUAL|RSYNC_RSH|CVS_RSH|TAR_RSH|FCEDIT|GIT_SSH(_COMMAND)?|GIT_EXTERNAL_DIFF|GIT_PROXY_COMMAND|(GIT|SSH|SUDO)_ASKPASS|(MAN|.*_)?(PAGER|EDITOR|SHELL|WRAPPER|LAUNCHER|COMMAND))$/.test(
    name,
  );
}

/** Settings that a single program may be given without changing what it does. */
export function isHarmlessSetting(name: string, value: Word | undefined): boolean {
  if (/^(LC_[A-Z]+|LANG|LANGUAGE|TZ|NO_COLOR|CLICOLOR|FORCE_COLOR|COLUMNS|LINES|CI)$/.test(name)) return true;
  if (/^(GIT_PAGER|PAGER)$/.test(name)) return value?.kind === 'known' && (value.text === '' || value.text === 'cat');
  return /^(GIT_OPTIONAL_LOCKS|GIT_TERMINAL_PROMPT)$/.test(name);
}

/** Variables that decide which programs start, beside those whose value is itself one (bash(1), git(1), ld.so(8)). */
export function startsPrograms(name: string): boolean {
  return /^(GIT_(CONFIG|EXEC_PATH|SSH|PROXY_COMMAND|EXTERNAL_DIFF|TEMPLATE_DIR|DIR$|COMMON_DIR)|BASH_ENV$|BASH_FUNC|ENV$|LD_|IFS$|LESS(OPEN|CLOSE)$|PROMPT_COMMAND$)/.test(
    name,
  );
}
