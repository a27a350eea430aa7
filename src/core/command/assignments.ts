import type { Assignment, Command, ParsedScript } from 'unbash';
import type { BashParser } from './bash.ts';
import { behindCommand, namesRead } from './builtins.ts';
import { TooMuch } from './effort.ts';
import { expandOne, expandWord, subscript, type Expansion } from './expand.ts';
import { changesReading, isHarmlessSetting, isRunByPrograms, isSpecialVariable, startsPrograms } from './shellState.ts';
import { isOneWord, joined, known, unknown, type Word } from './word.ts';

/** What a variable is given. */
export function assigned({ value, index }: Assignment, shell: Expansion): Word {
  if (index) subscript(expandOne(index, shell), shell);
  if (value.type === 'Word') return expandOne(value, shell);
  for (const element of value.elements)
    for (const word of expandWord(element, shell))
      if (element.text.includes('[') || word.kind === 'unknown') shell.unread('it computes keys of an array');
  return unknown('(…)');
}

/** One of the variables that change what bash or its programs do. */
export function setSpecial(name: string, value: Word, shell: Expansion): void {
  if (changesReading(name)) shell.unread(`it sets ${name}`);
  else shell.sets(name, `it sets ${name}`);
  if (isRunByPrograms(name)) shell.willRun(value);
}

/** What `read` sets. */
export function readInto(args: readonly Word[], shell: Expansion): void {
  for (const name of namesRead(args)) {
    if (name === undefined) shell.unread('it reads into a name it computes');
    else if (isSpecialVariable(name)) setSpecial(name, unknown(name), shell);
    else shell.forget(name);
  }
}

/** `NAME=value program`. */
export function setForProgram(one: Assignment, program: Word | undefined, shell: Expansion): void {
  const value = assigned(one, shell);
  // Should the words come to nothing, the shell itself is set.
  if (program === undefined || !isOneWord(program)) shell.forget(one.name);
  if (isHarmlessSetting(one.name, value) || (one.name === 'IFS' && program?.text === 'read')) return;
  shell.sets(one.name, `it sets ${one.name} for a program`);
  if (isRunByPrograms(one.name)) shell.willRun(value);
  // Shells run what this names before anything else.
  if (startsPrograms(one.name) && !isRunByPrograms(one.name)) shell.unread(`it sets ${one.name} for a program`);
}

/** What `eval` runs; undefined where it cannot be read. */
export function evaluated(args: readonly Word[], parser: BashParser, shell: Expansion): ParsedScript | undefined {
  const text = args.map((word) => word.text).join(' ');
  shell.effort.text(text.length * 8);
  const parsed = args.every((word) => word.kind === 'known') ? parser.parse(text) : undefined;
  if (parsed?.ok === true) return parsed.script;
  if (parsed?.isTooMuch === true) throw new TooMuch(parsed.problem);
  shell.unread(parsed?.problem ?? 'eval runs a text that is not known beforehand');
  return undefined;
}

/** The words of a command as bash starts it; what looks like an assignment behind its name is one word. */
export function wordsOfCommand({ name, args }: Command, shell: Expansion): Word[] {
  return behindCommand([
    ...(name ? expandWord(name, shell) : []),
    ...args.flatMap((one) =>
      one.type === 'Word' ? expandWord(one, shell) : [joined([known(`${one.name}=`), assigned(one, shell)])],
    ),
  ]);
}
