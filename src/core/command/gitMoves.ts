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
export function gitMoves(line: Pick<Meaning, 'programs' | 'folders'>): GitMove[] {
  return startsIn(line, /^(-C|--no-pager|-P)$/).flatMap(({ command, args, folder }): GitMove[] => {
    const texts = known(args);
    const between = texts && betweenOf(command, texts);
    if (!between || !between.every((one) => REVISION.test(one))) return [];
    const isOfFiles = between.length < 2 && !between.some((one) => one.includes('...'));
    return [{ words: wordsOf(command, args), folder, between, isOfFiles }];
  });
}

/** A step of git's that writes in the repository of a folder. */
export type GitWrite = Pick<GitMove, 'words' | 'folder'>;

/** Subcommands that write there whatever they are told, but for these. */
const WRITES =
  /^(add|am|checkout|cherry-pick|commit|fetch|gc|merge|mv|pull|rebase|reset|restore|revert|rm|stash|switch|update-index|update-ref)$/;
const LOOKS_ALL_THE_SAME = /^(--dry-run|-h|--help)$/;

/** Those of a line that makes no repository of its own. */
export function gitWrites(line: Pick<Meaning, 'programs' | 'folders'>): GitWrite[] {
  const starts = startsIn(line, /^(-C|-c|--no-pager|-P)$/);
  if (starts.some(({ command }) => /^(init|clone)$/.test(command))) return [];
  return starts.flatMap(({ command, args, folder }) =>
    WRITES.test(command) && !looksAllTheSame(command, args) ? [{ words: wordsOf(command, args), folder }] : [],
  );
}

function looksAllTheSame(command: string, args: readonly Word[]): boolean {
  if (command === 'stash' && /^(list|show)$/.test(args[0]?.text ?? '')) return true;
  return args.some(({ text }) => LOOKS_ALL_THE_SAME.test(text));
}

interface GitStart {
  command: string;
  args: readonly Word[];
  /** Where git works, as the line spells it. */
  folder: string;
}

/** Starts of git in a line whose subcommand and folder are known. */
function startsIn({ programs, folders }: Pick<Meaning, 'programs' | 'folders'>, harmless: RegExp): GitStart[] {
  return programs.flatMap((words, index): GitStart[] => {
    const [program, ...rest] = words;
    const from = folders[index];
    if (program?.kind !== 'known' || !/(^|\/)git$/.test(program.text) || from?.length !== 1) return [];
    const { globals, command, args } = gitCall(rest);
    if (command?.kind !== 'known' || globals.some(({ option }) => !harmless.test(option.text))) return [];
    const into = foldersOf({ globals }).at(-1);
    if (into && into.kind !== 'known') return [];
    const folder = into ? seenFrom(from[0] ?? '.', into.text) : (from[0] ?? '.');
    return [{ command: command.text, args, folder }];
  });
}

function wordsOf(command: string, args: readonly Word[]): string {
  return `git ${[command, ...args.map(({ text }) => text)].join(' ')}`.slice(0, 80);
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
