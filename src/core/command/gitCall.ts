import { known, mayBeOption, type Word } from './word.ts';

/** An option in front of git's subcommand, with the word behind it where it takes one. */
export interface GlobalOption {
  option: Word;
  value: Word | undefined;
}

/** A start of git by its words: what stands in front of its subcommand, and what behind. */
export interface GitCall {
  globals: readonly GlobalOption[];
  /** The first word that can be no option. */
  command: Word | undefined;
  args: readonly Word[];
}

/** Options in front of the subcommand that take the word behind them (git(1), 2.39 to 2.51). */
export const GIT_VALUES = /^(-C|-c|--git-dir|--work-tree|--namespace|--config-env|--attr-source)$/;

/** `words`: those behind `git`. */
export function gitCall(words: readonly Word[]): GitCall {
  const globals: GlobalOption[] = [];
  let rest = words;
  for (let option = rest[0]; option && mayBeOption(option); option = rest[0]) {
    const takes = GIT_VALUES.test(option.text);
    globals.push({ option, value: takes ? rest[1] : undefined });
    rest = rest.slice(takes ? 2 : 1);
  }
  const [command, ...args] = rest;
  return { globals, command, args };
}

/** The folders that it is told to change to, one after the other, each as it is seen from where git starts. */
export function foldersOf({ globals }: Pick<GitCall, 'globals'>): Word[] {
  const folders: Word[] = [];
  for (const { option, value } of globals) {
    if (option.text !== '-C' || value === undefined) continue;
    const before = folders.at(-1);
    folders.push(before === undefined ? value : below(before, value));
  }
  return folders;
}

function below(folder: Word, word: Word): Word {
  if (word.kind !== 'known' || /^[/~]/.test(word.text)) return word;
  return folder.kind === 'known' ? known(`${folder.text}/${word.text}`) : folder;
}
