import type { Judge, Judging, PathAccess } from './judging.ts';
import { after, headOf, isOneWord, mayBeOption, type Word } from './word.ts';

/**
 * Options that are known to only look, in short form. Each token is one option:
 * `-a` and `--all` take nothing; `-n=text`, `--lines=text` take a value; `-f=path`, `-f=write` a path that is read or
 * written; `--color?` takes a value only when it is attached; `-#` is a number (`head -5`).
 * A single `*` says that no option of the program writes or runs anything: a glob may then hold one unseen.
 * What is not listed is not known, so abbreviations and options of other versions are not either.
 */
export type OptionText = string;

type Value = 'none' | 'text' | 'optional' | PathAccess;

interface Options {
  known: Map<string, Value>;
  hasNumbers: boolean;
  isTame: boolean;
}

const compiled = new Map<OptionText, Options>();

function optionsOf(text: OptionText): Options {
  const ready = compiled.get(text);
  if (ready) return ready;
  const options: Options = { known: new Map(), hasNumbers: false, isTame: false };
  for (const token of `${text} --help --version`.split(/\s+/)) {
    const [, name = '', mark, value] = /^(--?[^=?\s]+)(?:(=)(\w+)|\?)?$/.exec(token) ?? [];
    if (token === '-#') options.hasNumbers = true;
    else if (token === '*') options.isTame = true;
    else if (name !== '')
      options.known.set(
        name,
        mark === '=' ? (value === 'path' ? 'read' : (value as Value)) : token.endsWith('?') ? 'optional' : 'none',
      );
  }
  compiled.set(text, options);
  return options;
}

export interface Given {
  operands: Word[];
  /** Options by name as given, the value of the last. */
  options: Map<string, Word | undefined>;
}

/**
 * Sorts a program's arguments the way getopt_long(3) does. An option that is not known is a doubt. `order: 'first'`:
 * the first operand ends the options (programs that start another one).
 */
export function parseOptions(
  text: OptionText,
  args: readonly Word[],
  it: Judging,
  name: string,
  order: 'anywhere' | 'first' = 'anywhere',
): Given {
  const { known, hasNumbers, isTame } = optionsOf(text);
  const given: Given = { operands: [], options: new Map() };
  const unknownOption = (option: string): void => {
    it.doubt(`${name} ${option.slice(0, 40)} is not known to only look`);
  };
  /** `isAttached`: it stands in one word with its option; then every word it becomes starts with that. */
  const take = (option: string, value: Value, word: Word | undefined, isAttached = false): void => {
    if (word && !isOneWord(word) && !(isAttached && word.kind === 'pattern'))
      it.doubt(`${name} ${option} "${word.text.slice(0, 40)}" may be more than one word`);
    given.options.set(option, word);
    if (word && value !== 'text' && value !== 'optional' && value !== 'none') it.path(word, value);
  };
  const takeNext = (option: string, value: Value, word: Word | undefined): void => {
    // Some versions take no value here, and then this is an option.
    if (word && !isTame && mayBeOption(word)) it.doubt(`${name} ${option} may not take "${word.text.slice(0, 40)}"`);
    take(option, value, word);
  };
  for (let at = 0; at < args.length; at += 1) {
    const word = args[at] as Word;
    const head = headOf(word);
    if (word.kind === 'known' && head === '--') {
      given.operands.push(...args.slice(at + 1));
      break;
    }
    if (!mayBeOption(word) || (word.kind === 'known' && head === '-')) {
      if (order === 'first') {
        given.operands.push(...args.slice(at));
        break;
      }
      given.operands.push(word);
    } else if (head.startsWith('--')) {
      const cut = head.indexOf('=');
      const option = cut === -1 ? head : head.slice(0, cut);
      // A shortened option is one that only looks, too, where all do.
      const whole = isTame ? [...known.keys()].find((one) => one.startsWith(option)) : undefined;
      const value = known.get(option) ?? (whole === undefined ? undefined : known.get(whole));
      if (value === undefined || (cut === -1 && word.kind !== 'known')) unknownOption(option);
      else if (cut !== -1) {
        if (value === 'none') unknownOption(head);
        else take(whole ?? option, value, after(word, cut + 1), true);
      } else if (value === 'none' || value === 'optional') take(whole ?? option, value, undefined);
      else takeNext(whole ?? option, value, args[(at += 1)]);
    } else if (word.kind === 'known' && hasNumbers && /^-[0-9]+$/.test(head)) continue;
    else if (head === '-') {
      // A dash, and nobody knows what behind it.
      if (!isTame || word.kind === 'unknown') unknownOption(word.text);
    } else if (head.startsWith('-')) {
      for (let letter = 1; letter < head.length; letter += 1) {
        const option = `-${head[letter] ?? ''}`;
        const value = known.get(option);
        if (value === undefined) {
          unknownOption(option);
          break;
        }
        const rest = after(word, letter + 1);
        const isLast = letter === head.length - 1 && word.kind === 'known';
        if (value === 'none') {
          take(option, value, undefined);
          if (letter === head.length - 1 && word.kind !== 'known') unknownOption(word.text);
        } else {
          if (value === 'optional') take(option, value, isLast ? undefined : rest, true);
          else if (isLast) takeNext(option, value, args[(at += 1)]);
          else take(option, value, rest, true);
          break;
        }
      }
    } else {
      if (!isTame || word.kind === 'unknown') it.doubt(`${name} may take "${word.text.slice(0, 40)}" for an option`);
      given.operands.push(word);
    }
  }
  return given;
}

/** A program that does nothing but look, whatever its operands: files to read, places to list, or mere words. */
export function looking(operands: 'read' | 'list' | 'text' | 'none', options: OptionText): Judge {
  return (args, it, name) => {
    const given = parseOptions(options, args, it, name);
    for (const word of given.operands) {
      if (operands === 'read' || operands === 'list') {
        if (word.kind !== 'known' || word.text !== '-') it.path(word, operands);
      } else if (operands === 'none') it.doubt(`${name} ${word.text.slice(0, 40)} is not known to only look`);
    }
  };
}

/** A program that takes any words at all and touches nothing; bash itself looks up the names that fit a glob. */
export const harmless: Judge = (args, it) => {
  for (const word of args) if (word.kind === 'pattern') it.path(word, 'list');
};
