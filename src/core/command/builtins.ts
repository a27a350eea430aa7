import { seenFrom } from './shellState.ts';
import { place, type Word } from './word.ts';

/** What `cd` does: the folder it goes to, if it succeeds; undefined where that cannot be known. */
export interface Move {
  target: Word | undefined;
  folders: readonly string[] | undefined;
  doubt?: string;
}

/** bash(1), cd: `args` are the words behind the name. */
export function changeOfFolder(args: readonly Word[], folders: readonly string[] | undefined): Move {
  const operands = args.filter((word) => word.kind !== 'known' || !/^(-[LPe]+|--)$/.test(word.text));
  const [target = place('~'), ...more] = operands;
  if (target.text === '-')
    return { target: undefined, folders: undefined, doubt: 'cd - goes to a folder that cannot be known beforehand' };
  const isKnown = target.kind === 'known' && target.text !== '' && !target.text.startsWith('-');
  return {
    target: isKnown ? target : undefined,
    folders: isKnown && more.length === 0 ? folders?.map((folder) => seenFrom(folder, target.text)) : undefined,
  };
}

/** The variables that `read` sets; undefined for a word that is no plain name. */
export function namesRead(args: readonly Word[]): (string | undefined)[] {
  const names = args.map((word) => (word.kind === 'known' && /^[\w-]+$/.test(word.text) ? word.text : undefined));
  return names;
}
