import type { Judging, PathAccess } from '../judging.ts';
import { sortedArgs } from '../losing/args.ts';
import { after, headOf, known, mayBeOption, type Word } from '../word.ts';

/** What a subcommand that changes something does to the paths of the work tree that it is told. */
type Touching = (args: readonly Word[]) => [word: Word, access: PathAccess][];

/** git keeps there which repositories stand in the work tree, and where they come from (gitmodules(5)). */
const SUBMODULES = known('.gitmodules');

const all = (words: readonly Word[], access: PathAccess): [Word, PathAccess][] => words.map((word) => [word, access]);

/** git-scm.com/docs, each one's page. What is not listed may still name what is denied. */
const TOUCHING: Readonly<Record<string, Touching>> = {
  mv: (args) => {
    const { operands } = sortedArgs(args, '');
    return [...all(operands.slice(0, -1), 'delete'), ...all(operands.slice(-1), 'write')];
  },
  rm: (args) => {
    const { operands, has } = sortedArgs(args, '--pathspec-from-file');
    return all(operands, has('--cached', '-n', '--dry-run') ? 'list' : 'delete');
  },
  clean: (args) => {
    const { operands, has } = sortedArgs(args, '-e --exclude');
    return all(operands, has('-n', '--dry-run') ? 'list' : 'delete');
  },
  checkout: (args) => {
    const { operands, has } = sortedArgs(args, '-b -B --orphan --conflict --pathspec-from-file');
    return all(operands, has('-b', '-B', '--orphan') ? 'list' : 'write');
  },
  restore: (args) => {
    const { operands, has } = sortedArgs(args, '-s --source --conflict --pathspec-from-file');
    return all(operands, has('-S', '--staged') && !has('-W', '--worktree') ? 'list' : 'write');
  },
  'checkout-index': (args) => all(sortedArgs(args, '--prefix --stage').operands, 'write'),
  submodule: (args) => {
    const { operands } = sortedArgs(args, '-b --branch --name --reference --depth -j --jobs');
    const [verb, ...paths] = operands;
    const isWritten = /^(add|set-url|set-branch)$/.test(verb?.text ?? '');
    return [...(isWritten ? all([SUBMODULES], 'write') : []), ...all(paths, 'list')];
  },
};

/**
 * The paths in a command of git that changes something: what is protected, or denied, is so for `git mv` as for `mv`.
 * Elsewhere an edge of the policy may still forbid what is named.
 */
export function touchedPaths(command: string, args: readonly Word[], it: Judging): void {
  const touching = Object.hasOwn(TOUCHING, command) ? TOUCHING[command] : undefined;
  for (const [word, access] of touching?.(args) ?? named(args)) {
    const path = withoutMagic(word);
    if (path && path.kind !== 'unknown') it.path(path, access);
  }
}

/** The file that `git config` is told to write; a name alone is read. */
export function configFile(args: readonly Word[]): Word | undefined {
  const { operands, has, valueOf } = sortedArgs(args, '-f --file --blob --type --default --comment');
  const isRead = operands.length === 1 && !has('--unset', '--unset-all', '--remove-section', '-e', '--edit');
  return isRead ? undefined : valueOf('-f', '--file');
}

function named(args: readonly Word[]): [Word, PathAccess][] {
  const end = args.findIndex((word) => word.text === '--');
  return all(end === -1 ? args.filter((one) => !mayBeOption(one)) : args.slice(end + 1), 'list');
}

/** `:(top)path`, `:/path`; nothing where a pathspec leaves something out. */
function withoutMagic(word: Word): Word | undefined {
  const [magic = ''] = /^:(\([^)]*\)|[/!^]+)/.exec(headOf(word)) ?? [];
  return /exclude|[!^]/.test(magic) ? undefined : after(word, magic.length);
}
