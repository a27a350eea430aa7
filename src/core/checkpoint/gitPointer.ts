/**
 * Where a repository stands: HEAD, branches, tags, stash and index, and what is noted of a merge that is not over
 * (gitrepository-layout(5)). None of these runs anything: hooks, configuration, and the to-do list of a rebase, whose lines
 * may be commands, are not among them.
 */
export interface GitPointer {
  /** The folder of the repository, or of one of its work trees: `…/.git`, `…/.git/worktrees/W`, `…/.git/modules/M`. */
  folder: string;
  /** Below it. A branch has the same name whatever file it is kept in. */
  name: string;
}

/** Files that hold one thing each, in the folder itself. */
export const POINTER_FILES = [
  ...['HEAD', 'index', 'ORIG_HEAD', 'FETCH_HEAD', 'MERGE_HEAD', 'MERGE_MSG', 'MERGE_MODE', 'AUTO_MERGE', 'SQUASH_MSG'],
  ...['CHERRY_PICK_HEAD', 'REVERT_HEAD', 'REBASE_HEAD', 'BISECT_START', 'BISECT_LOG', 'BISECT_TERMS', 'BISECT_NAMES'],
  ...['BISECT_EXPECTED_REV', 'BISECT_ANCESTORS_OK', 'MERGE_RR', 'MERGE_AUTOSTASH'],
];
/**
 * What git keeps of a rebase, a series of patches or of picks that is not over. What it holds may be run (the to-do list of
 * a rebase): undo takes one away that was not there before, and never puts one back.
 */
export const STATE_FOLDERS = ['rebase-merge', 'rebase-apply', 'sequencer'];
/** The stack of the stash is the history of one reference. */
export const STASH_LOG = 'logs/refs/stash';

const FILES: ReadonlySet<string> = new Set([...POINTER_FILES, STASH_LOG, ...STATE_FOLDERS]);
/** Folders of repositories below that of another one, and how deep they are followed. */
const INNER = /^(?:worktrees|modules)\//;

/** Undefined where a path is none: then it is a file like others, or nothing that undo touches. */
export function gitPointerOf(path: string): GitPointer | undefined {
  const at = path.lastIndexOf('/.git/');
  if (at === -1) return undefined;
  const top = path.slice(0, at + '/.git'.length);
  return within(top, path.slice(top.length + 1));
}

/** Whether it is what git keeps of something that is not over. */
export function isStateFolder(name: string | undefined): boolean {
  return name !== undefined && STATE_FOLDERS.includes(name);
}

/** The folder that holds the repository's own folder: what a person calls the repository. */
export function repositoryOf({ folder }: GitPointer): string {
  return folder.slice(0, folder.lastIndexOf('/.git')) || '/';
}

function within(folder: string, rest: string): GitPointer | undefined {
  if (FILES.has(rest) || isReference(rest)) return { folder, name: rest };
  if (!INNER.test(rest)) return undefined;
  // A module may have slashes in its name: the shortest name that leaves a pointer is meant.
  for (let cut = rest.indexOf('/', rest.indexOf('/') + 1); cut !== -1; cut = rest.indexOf('/', cut + 1)) {
    const left = rest.slice(cut + 1);
    if (FILES.has(left) || isReference(left)) return { folder: `${folder}/${rest.slice(0, cut)}`, name: left };
    if (INNER.test(left)) return within(`${folder}/${rest.slice(0, cut)}`, left);
    if (rest.startsWith('worktrees/')) return undefined;
  }
  return undefined;
}

// Controls, spaces and what git's own syntax uses are in no name (git-check-ref-format(1)).
const NOT_IN_NAMES = /[\0-\x20\x7f~^:?*[\\]|\.\.|@\{|\/\/|\.$|\/$/;

/** Whether git takes it for the full name of a reference. */
export function isReference(name: string): boolean {
  if (!name.startsWith('refs/') || name.length > 1024 || NOT_IN_NAMES.test(name)) return false;
  return name.split('/').every((part) => !part.startsWith('.') && !part.endsWith('.lock'));
}

/** What a reference may hold: the name of an object, or of another reference. */
export function isValue(value: string): boolean {
  if (/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(value)) return true;
  return value.startsWith('ref: ') && isReference(value.slice('ref: '.length));
}
