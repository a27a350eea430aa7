import { gitCall } from './gitCall.ts';
import type { Meaning } from './meaning.ts';
import type { Word } from './word.ts';

const OBJECTS = 'commits that git takes away for good';
/** Subcommands after which something is gone that no branch, tag or index leads back to, or is in another place. */
const TAKES: Readonly<Record<string, (args: readonly Word[]) => string | undefined>> = {
  gc: () => OBJECTS,
  prune: () => OBJECTS,
  maintenance: () => OBJECTS,
  repack: (args) => (args.some(({ text }) => /^-[a-zA-Z]*[aAd]|^--/.test(text)) ? OBJECTS : undefined),
  reflog: ([word]) =>
    word?.text === 'expire' || word?.text === 'delete' ? 'the history of git’s references' : undefined,
  'filter-branch': () => OBJECTS,
  'filter-repo': () => OBJECTS,
  push: () => 'what it pushes',
  submodule: () => 'submodules that come or go',
  worktree: () => 'work trees that come or go',
  rebase: (args) => (args.some(({ text }) => ENDS.test(text)) ? 'the rebase that is going on' : undefined),
  'cherry-pick': (args) => (args.some(({ text }) => ENDS.test(text)) ? 'the cherry-pick that is going on' : undefined),
  revert: (args) => (args.some(({ text }) => ENDS.test(text)) ? 'the revert that is going on' : undefined),
  am: (args) => (args.some(({ text }) => ENDS.test(text)) ? 'the series of patches that is going on' : undefined),
  config: () => 'git’s configuration',
};
const ENDS = /^--(?:continue|skip|abort|quit)$/;

/** What of git would not come back, of the starts of git in a line; as a person is told it, each once. */
export function gitTakesAway({ programs }: Pick<Meaning, 'programs'>): string[] {
  const taken = programs.flatMap(([program, ...rest]) => {
    if (program?.kind !== 'known' || !/(^|\/)git$/.test(program.text)) return [];
    const { command, args } = gitCall(rest);
    if (command?.kind !== 'known' || !Object.hasOwn(TAKES, command.text)) return [];
    return TAKES[command.text]?.(args) ?? [];
  });
  return [...new Set(taken)];
}
