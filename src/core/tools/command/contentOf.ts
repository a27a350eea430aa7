import type { Meaning } from '../../command/meaning.ts';
import { nameOf } from '../../command/operands.ts';
import { absoluteOrNone } from '../../scope/spelling.ts';
import type { CallContext } from '../tool.ts';
import type { Line } from './scripts.ts';

// What a command's output may hold, as the record of what leaves names it (docs/audit.md): a file by its path, files
// of a folder that are not known one by one by its path with a slash behind, and with a question mark before it where
// it is not even known whether it was read.

/** They print names and facts of the system, or what another program gave them, but nothing out of files. */
const SILENT = new Set(
  'ls dir vdir stat du df tree realpath readlink namei pathchk tr numfmt factor pgrep getconf locale which whereis id groups whoami logname uname arch nproc uptime free hostname tty lscpu cal ps echo printf true false : pwd test [ [[ cd basename dirname sleep seq date set type command env nice timeout time nohup xargs find rm rmdir unlink shred touch mkdir truncate mkfifo mktemp chmod chown chgrp tee cp mv ln'.split(
    ' ',
  ),
);
const GIT_SILENT = new Set(
  'status branch tag remote rev-parse ls-files rev-list describe shortlog for-each-ref symbolic-ref name-rev check-ignore count-objects add mv rm'.split(
    ' ',
  ),
);

/** Options of `grep` and `rg` that name files, rather than places to search. */
const NAMES_IN_OPTIONS = /^-[a-zA-Z]*[fg]|^--(inc|exc|file|i?glob|ign)/;

export function contentOfOutput(line: Line, { scope }: Pick<CallContext, 'scope'>, outside: boolean): string[] {
  const { meaning, named, cwd, onlyLooks } = line;
  const found = new Set(named.resources.flatMap(({ path, access }) => (access === 'read' ? [path] : [])));
  const unknown = outside ? ['?/'] : scope.roots.map((root) => `?${folderEntry(root)}`);
  if (outside || meaning.programs.length === 0) for (const one of unknown) found.add(one);
  for (const [index, words] of meaning.programs.entries()) {
    const folders = foldersOf(meaning, index, cwd, scope.home);
    if (isSilent(words, index, meaning)) continue;
    // What only looks shows what it was given, and of a repository anything.
    if (!onlyLooks || nameOf(words) === 'git' || !folders) for (const one of unknown) found.add(one);
    else if (isOpen(words, placesOf(line, index, scope.home)))
      for (const folder of folders) found.add(folderEntry(folder));
  }
  // A folder that is read is one whose files may be shown.
  for (const { spelling, access, isGuess, isPattern } of meaning.paths) {
    if (access !== 'read' || isGuess) continue;
    const path = absoluteOrNone(isPattern ? spelling.replace(/[^/]*[*?[].*$/s, '.') : spelling, cwd, scope.home);
    if (path === undefined) continue;
    const isTouched = (how: 'list' | 'read'): boolean =>
      named.resources.some((one) => one.access === how && one.path === path);
    const isFolder = isTouched('list') && !isTouched('read');
    if (isFolder || (isPattern && scope.rootOf(path) !== undefined)) found.add(folderEntry(path));
  }
  return [...found].sort();
}

export function folderEntry(path: string): string {
  return path === '/' ? path : `${path}/`;
}

/** Whether names that it opens come from elsewhere than its words: from a listing, or from its looking around. */
function isOpen(words: Meaning['programs'][number], places: readonly string[] | undefined): boolean {
  // What fits a glob of the line's is where the glob says.
  if (words.some((word) => word.kind === 'unknown' || (word.kind === 'pattern' && word.isListed === true))) return true;
  const name = nameOf(words);
  if (name !== 'rg' && !/^[ef]?grep$/.test(name)) return false;
  // It goes through the folders that it is given; names in options are none of those.
  if (places !== undefined && places.length > 0 && !words.some(({ text }) => NAMES_IN_OPTIONS.test(text))) return false;
  return name === 'rg' || words.some(({ text }) => /^-[a-zA-Z]*[rRd]|^--(rec|deref|dir)/.test(text));
}

/** The paths that a program is given to read; undefined where one of them turned out to be elsewhere, behind a link. */
function placesOf({ meaning, named, cwd }: Line, index: number, home: string): string[] | undefined {
  const given = meaning.paths.filter(
    ({ program, access, isGuess }) => program === index && access === 'read' && !isGuess,
  );
  const places = given.flatMap(({ spelling, isPattern }) =>
    isPattern ? [] : (absoluteOrNone(spelling, cwd, home) ?? ''),
  );
  const isThere = (place: string): boolean => named.resources.some(({ path }) => path === place);
  return places.every(isThere) ? places : undefined;
}

/** `git add -p` prints the patch, `git check-ignore -v` lines of files. (A commit prints what its hooks do.) */
const GIT_SHOWS = /^(-[a-zA-Z]*[pvie]|--(p|v|i|e))/;
/** Where a message comes from. */
const FROM_FILE = /^(-[a-zA-Z]*F|--file)/;

function isSilent(words: Meaning['programs'][number], index: number, { doubts, histories }: Meaning): boolean {
  const name = nameOf(words);
  if (name === 'git') {
    const [, sub, ...args] = words;
    if (sub?.kind !== 'known' || !GIT_SILENT.has(sub.text)) return false;
    if (args.some(({ text }) => FROM_FILE.test(text))) return false;
    return /^(add|check-ignore)$/.test(sub.text)
      ? !args.some((word) => word.kind !== 'known' || GIT_SHOWS.test(word.text))
      : !histories.some(({ program }) => program === index);
  }
  // An option that is not known of these may take names out of a file, and print them.
  if (/^(env|find|xargs|du|tree)$/.test(name))
    return !doubts.some(({ program }) => program === index) && !words.some(({ text }) => text.startsWith('--info'));
  return SILENT.has(name);
}

function foldersOf({ folders }: Meaning, index: number, cwd: string, home: string): string[] | undefined {
  return folders[index]?.flatMap((folder) => absoluteOrNone(folder, cwd, home) ?? []);
}
