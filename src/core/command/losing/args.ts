import { after, known, type Word } from '../word.ts';

export interface Sorted {
  operands: Word[];
  /** Options as they were given (`-f`, `--force`), with their values. */
  options: ReadonlyMap<string, Word | undefined>;
  has: (...names: string[]) => boolean;
  valueOf: (...names: string[]) => Word | undefined;
}

/**
 * Sorts arguments the way getopt_long(3) does. `valued` names the options that take a value; with a question mark
 * behind it, only one that is attached.
 */
export function sortedArgs(args: readonly Word[], valued: string): Sorted {
  const takes = new Set(valued.split(' '));
  const options = new Map<string, Word | undefined>();
  const operands: Word[] = [];
  for (let at = 0; at < args.length; at += 1) {
    const word = args[at] as Word;
    const { text } = word;
    if (word.kind !== 'known' || text === '-' || !text.startsWith('-')) operands.push(word);
    else if (text === '--') {
      operands.push(...args.slice(at + 1));
      break;
    } else if (text.startsWith('--')) {
      const cut = text.indexOf('=');
      if (cut !== -1) options.set(text.slice(0, cut), known(text.slice(cut + 1)));
      else options.set(text, takes.has(text) ? args[(at += 1)] : undefined);
    } else at += cluster(word, args[at + 1], takes, options);
  }
  return {
    operands,
    options,
    has: (...names) => names.some((name) => options.has(name)),
    valueOf: (...names) => names.map((name) => options.get(name)).find((value) => value !== undefined),
  };
}

/** Letters behind one dash. Returns how many further words they take. */
function cluster(
  word: Word,
  next: Word | undefined,
  takes: ReadonlySet<string>,
  options: Map<string, Word | undefined>,
): number {
  for (let letter = 1; letter < word.text.length; letter += 1) {
    const option = `-${word.text.charAt(letter)}`;
    const rest = after(word, letter + 1);
    const isOptional = takes.has(`${option}?`);
    if (!isOptional && !takes.has(option)) options.set(option, undefined);
    else if (rest.text !== '' || isOptional) {
      options.set(option, rest.text === '' ? undefined : rest);
      return 0;
    } else {
      options.set(option, next);
      return 1;
    }
  }
  return 0;
}
