import { foldersOf, gitCall } from './gitCall.ts';
import { seenFrom } from './shellState.ts';
import type { Meaning } from './meaning.ts';
import type { Word } from './word.ts';

/** A step of git's that makes files of the work tree what they are elsewhere. */
export interface GitMove {
  words: string;
  /** Where git works, as the line spells it. */
  folder: string;
  /** What `git diff --name-only` is asked for to know which files change. */
  between: readonly string[];
  /** Whether it compares with the files as they stand. */
  isOfFiles: boolean;
}

const REVISION = /^(?!-)[\w./@{}~^+-]+$/;

/** Those of a line whose words are known. */
export function gitMoves({ programs, folders }: Pick<Meaning, 'programs' | 'folders'>): GitMove[] {
  return programs.flatMap((words, index): GitMove[] => {
    const [program, ...rest] = words;
    const from = folders[index];
    if (program?.kind !== 'known' || !/(^|\/)git$/.test(program.text) || from?.length !== 1) return [];
    const { globals, command, args } = gitCall(rest);
    const texts = known(args);
    if (command?.kind !== 'known' || !texts || globals.some(({ option }) => !/^(-C|--no-pager|-P)$/.test(option.text)))
      return [];
    const into = foldersOf({ globals }).at(-1);
    if (into && into.kind !== 'known') return [];
    const between = betweenOf(command.text, texts);
    if (!between || !between.every((one) => REVISION.test(one))) return [];
    const folder = into ? seenFrom(from[0] ?? '.', into.text) : (from[0] ?? '.');
    const isOfFiles = between.length < 2 && !between.some((one) => one.includes('...'));
    return [{ words: `git ${[command.text, ...texts].join(' ')}`.slice(0, 80), folder, between, isOfFiles }];
  });
}

function known(words: readonly Word[]): string[] | undefined {
  const texts = words.flatMap((word) => (word.kind === 'known' ? [word.text] : []));
  return texts.length === words.length ? texts : undefined;
}

/** Undefined where nothing of the work tree changes, or what does cannot be told from the words. */
function betweenOf(command: string, args: readonly string[]): string[] | undefined {
  const operands = args.filter((word) => !word.startsWith('-') || word === '-');
  const [first] = operands;
  const revision = first === '-' ? '@{-1}' : first;
  switch (command) {
    case 'checkout':
    case 'switch': {
      if (args.includes('--') || args.includes('-p') || args.includes('--patch'))
        return operands.join() === '.' && args[0] === '--' ? [] : undefined;
      if (first === '.' && operands.length === 1) return [];
      const makes = args.some((word) => /^(-[bBcC]|--orphan|--create|--force-create)$/.test(word));
      const to = makes ? operands[1] : revision;
      return to === undefined || operands.length > (makes ? 2 : 1) ? undefined : ['HEAD', `${to}^{commit}`];
    }
    case 'restore':
      return operands.join() === '.' && !args.some((word) => /^(-s|--source|-S|--staged|-p)/.test(word))
        ? []
        : undefined;
    case 'merge':
      return operands.length === 1 ? [`HEAD...${revision ?? ''}`] : undefined;
    case 'rebase':
      return operands.length === 1 ? ['HEAD', `${revision ?? ''}^{commit}`] : undefined;
    case 'cherry-pick':
    case 'revert':
      return operands.length === 1 ? [`${revision ?? ''}^`, revision ?? ''] : undefined;
    case 'reset':
      return args.includes('--hard') ? [revision ?? 'HEAD'] : undefined;
    case 'stash': {
      if (first === undefined || ((first === 'push' || first === 'save') && !args.includes('--'))) return ['HEAD'];
      const of = operands[1] ?? 'stash@{0}';
      return first === 'pop' || first === 'apply' ? [`${of}^1`, of] : undefined;
    }
    default:
      return undefined;
  }
}

/** Steps that make commits. */
export function commitsIn({ programs }: Pick<Meaning, 'programs'>): number[] {
  return programs.flatMap(([program, ...rest], index) => {
    if (program?.kind !== 'known' || !/(^|\/)git$/.test(program.text)) return [];
    const { globals, command, args } = gitCall(rest);
    const isUnsigned =
      args.some(({ text }) => text === '--no-gpg-sign') ||
      globals.some(({ value }) => /^commit\.gpgsign=(false|no|off|0)$/i.test(value?.text ?? ''));
    return !isUnsigned && /^(commit|merge|rebase|cherry-pick|revert|am)$/.test(command?.text ?? '') ? [index] : [];
  });
}
