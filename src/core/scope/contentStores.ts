/**
 * Where the bytes of files are kept a second time: by version control, editors, build tools and file systems. While a
 * policy denies something in the workspace, what stands in such a place is as denied as the file itself: nobody can
 * tell from the outside whose bytes they are.
 */

/** Folders that are nothing but such a place, wherever they stand. */
const WHOLE = new Set([
  // Other version control keeps everything in one folder.
  ...['.hg', '.svn', '.bzr', '.jj', '.sl', '_darcs', '.pijul'],
  // Patches of a half-finished rebase, in a repository by whatever name.
  ...['rebase-merge', 'rebase-apply'],
  // Earlier versions of files: editors' local history, synchronization, snapshots of file systems.
  ...['.history', '.lh', '.local-history', '.stversions', '.ipynb_checkpoints', '.zfs', '.snapshots', '.snapshot'],
  ...['#snapshot', '~snapshot', '.ckpt', '.trash', '.trashes', '$recycle.bin', 'lost+found'],
  // Caches of build tools and language servers that hold sources.
  ...['.parcel-cache', '.turbo', '.ccls-cache', '.cquery_cached_index', '.vs', '.metals', '.rpt2_cache', '.rts2_cache'],
]);

/** The same, as the folder below another one. */
const BELOW: readonly (readonly [folder: string, store: string])[] = [
  ['node_modules', '.cache'],
  ['.next', 'cache'],
  ['.angular', 'cache'],
  ['.nx', 'cache'],
  ['.idea', 'shelf'],
  ['.dvc', 'cache'],
];

/**
 * gitrepository-layout(5), and what git fsck --lost-found, git add -e and git add -p leave: what holds content. `modules`
 * and `worktrees` hold repositories, found further down.
 */
const IN_GIT = new Set([
  ...['objects', 'lfs', 'annex', 'rr-cache', 'rebase-merge', 'rebase-apply', 'commit_editmsg'],
  ...['lost-found', 'add_edit.patch', 'addp-hunk-edit.diff'],
]);
const HEX = /^[0-9a-f]{36,}$/;

/** The parts of a repository's folder that hold the content of files; what else is in it names them at most. */
export const GIT_STORES: readonly string[] = [...IN_GIT].filter((name) => name !== 'commit_editmsg');

/**
 * The store that a path (relative to its workspace folder) is or lies in, as the beginning of that path; undefined
 * where it lies in none.
 */
export function storeOf(path: string): string | undefined {
  const segments = path.split('/');
  const names = segments.map((segment) => segment.toLowerCase());
  let isInGit = false;
  for (const [index, name] of names.entries()) {
    const next = names[index + 1];
    const isStore =
      WHOLE.has(name) ||
      (isInGit && IN_GIT.has(name)) ||
      BELOW.some(([folder, store]) => names[index - 1] === folder && name === store) ||
      (name === 'objects' && holdsObjects(next, names.slice(index + 2))) ||
      (name === 'rr-cache' && next !== undefined && HEX.test(next)) ||
      name.endsWith('.fossil') ||
      name === '_fossil_' ||
      name === '.fslckout';
    if (isStore) return segments.slice(0, index + 1).join('/');
    // Bare repositories are called so by custom.
    if (name.endsWith('.git')) isInGit = true;
  }
  return undefined;
}

/** A repository by another name than `.git` is known by the shape of what is in it: `objects/ab/cdef…`, packs. */
function holdsObjects(first: string | undefined, [second, third]: readonly string[]): boolean {
  if (first === 'pack') return second !== undefined && /^(tmp_)?(pack|multi-pack|idx)/.test(second);
  if (first === undefined || !/^[0-9a-f]{2}$/.test(first) || second === undefined) return false;
  return HEX.test(second) || (third !== undefined && HEX.test(third));
}
