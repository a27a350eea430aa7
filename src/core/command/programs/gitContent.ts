import type { Given } from '../options.ts';

/** Subcommands whose plain output is the content of files, whatever their options. */
const ALWAYS = /^git (blame|grep|range-diff|notes show)$/;
/** Those that show a patch unless they are told to show less (`stash show` where stash.showPatch says so). */
const PATCH_BY_DEFAULT = /^git (diff|show|stash show)$/;
/** Those that show content only if they are told to. */
const PATCH_IF_ASKED = /^git (log|whatchanged|shortlog|reflog( show)?|stash list|diff-(tree|index|files)|rev-list)$/;

/** Options that bring content, or that tell by their effect what stands in a file (`-S`, `-G`, `-I`). */
const PATCH = new Set(
  '-p -u --patch -U --unified -W --function-context -c --cc --dd --remerge-diff --patch-with-raw --patch-with-stat --word-diff --word-diff-regex --color-words -S -G --pickaxe-all --pickaxe-regex -L --check --binary -I --ignore-matching-lines --anchored --inter-hunk-context --combined-all-paths --diff-merges -m'.split(
    ' ',
  ),
);
/** Options that put names and counts in the place of a patch (git-diff(1)). */
const OVERVIEW = new Set(
  '--stat --shortstat --numstat --dirstat --cumulative --summary --compact-summary --name-only --name-status --raw -s --no-patch -q --quiet'.split(
    ' ',
  ),
);
const KINDS = ['-t', '-s', '-e', '--batch-check'];
/** An object by its own name in any of git's spellings (gitrevisions(7)), rather than a branch or `HEAD`. */
const DIGEST = /^\^?(?:.*-g)?([0-9a-f]{4,64})(?:[~^@:].*)?$/i;
/** What surely is a commit; a tag or a branch may name a file's object, and `git show` shows that whatever it is told. */
const COMMIT = /^(HEAD|@)([~^]\d*)*$/;
const MANY = ['--all', '--tags', '--branches', '--remotes', '--glob', '--reflog', '-g', '--walk-reflogs'];

/**
 * Whether a look of git's may show what is in files; only what surely shows names, counts, digests and messages does
 * not. `name` is the whole of it (`git stash show`).
 */
export function showsContent(name: string, { options, operands }: Given): boolean {
  const has = (wanted: ReadonlySet<string> | readonly string[]): boolean =>
    [...wanted].some((option) => options.has(option));
  if (ALWAYS.test(name)) return true;
  if (name === 'git cat-file') return !has(KINDS) || has(['-p']);
  if (name === 'git status') return has(['-v', '--verbose']);
  if (name === 'git show' && (has(MANY) || !operands.every(({ text }) => COMMIT.test(text)))) return true;
  if (PATCH_BY_DEFAULT.test(name)) return !has(OVERVIEW) || has(PATCH);
  if (PATCH_IF_ASKED.test(name)) return has(PATCH);
  // `%(raw)` is the object itself, and a reference may name a file's.
  return [...options.values()].some((value) => value !== undefined && /%\(\*?raw/.test(value.text));
}

/** The objects that operands name by their digests: each may be a file's content, of whatever path. */
export function digestsIn({ operands }: Given): string[] {
  return operands.flatMap((word) => word.text.split(/\.{2,3}/)).flatMap((text) => DIGEST.exec(text)?.[1] ?? []);
}
