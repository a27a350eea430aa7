import type { Redirection } from 'unbash';
import { expandOne, expandPart, type Expansion } from './expand.ts';
import { joined, known, unknown, type Word } from './word.ts';

/** What a program reads from its standard input, as far as it can be known beforehand: a shell would run it. */
export type Input =
  | { kind: 'none' }
  /** A text; it may still be one that is not known. */
  | { kind: 'text'; text: Word }
  /** What stands in a file: as a script that is named. */
  | { kind: 'file' }
  | { kind: 'unknown' };

export const NO_INPUT: Input = { kind: 'none' };
export const UNKNOWN_INPUT: Input = { kind: 'unknown' };

/** What is left for each of several programs that share an input: none of it, or anybody's guess. */
export function shared(input: Input): Input {
  return input.kind === 'none' ? NO_INPUT : UNKNOWN_INPUT;
}

/** Names that stand for what a process has open. */
export function isOpenFile(path: string): boolean {
  return /^\/dev\/(stdin|fd(\/|$))|^\/proc\//.test(path);
}

/** Tells of the files that redirections open; returns what the program will read, which else is what was there `before`. */
export function opened(
  redirects: readonly Redirection[],
  before: Input,
  shell: Expansion,
  path: (target: Word, access: 'read' | 'write' | 'append') => void,
): Input {
  let input = before;
  for (const one of redirects) {
    shell.effort.step();
    if (one.descriptor?.type === 'FileDescriptorVariable') {
      shell.doubt('it keeps a file descriptor in a variable');
      shell.forget(one.descriptor.name);
    }
    input = inputOf(one, shell) ?? input;
    if (one.type !== 'Redirect' || !one.target) continue;
    const target = expandOne(one.target, shell);
    const isDuplicate = /^[<>]&$/.test(one.operator) && target.kind === 'known' && /^([0-9]+-?|-)$/.test(target.text);
    if (!isDuplicate) path(target, accessOf(one.operator));
  }
  return input;
}

/** `<>` opens a file for writing, too, without emptying it. */
function accessOf(operator: string): 'read' | 'write' | 'append' {
  if (operator === '<') return 'read';
  return /^(&?>>|<>)$/.test(operator) ? 'append' : 'write';
}

/** Expands what a redirection brings to standard input; undefined for one that brings nothing there. */
function inputOf(one: Redirection, shell: Expansion): Input | undefined {
  const { descriptor } = one;
  const isFirst = descriptor === undefined ? /^</.test(one.operator) : isZero(descriptor);
  if (one.type === 'HereDoc') {
    const text = hereDocument(one, shell);
    return isFirst ? { kind: 'text', text } : undefined;
  }
  if (one.type === 'HereString') {
    const text = one.target ? expandOne(one.target, shell) : unknown('');
    return isFirst ? { kind: 'text', text } : undefined;
  }
  if (!isFirst) return undefined;
  const isFile =
    one.operator === '<' &&
    one.target !== undefined &&
    !isOpenFile(one.target.value) &&
    (one.target.parts ?? []).every(({ type }) => type !== 'ProcessSubstitution');
  return isFile ? { kind: 'file' } : UNKNOWN_INPUT;
}

function isZero(descriptor: NonNullable<Redirection['descriptor']>): boolean {
  return descriptor.type === 'FileDescriptorVariable' || descriptor.value === 0;
}

function hereDocument({ body, delimiter }: Extract<Redirection, { type: 'HereDoc' }>, shell: Expansion): Word {
  if (delimiter?.quoted === true) return known(body.text);
  if (body.parts) return joined(body.parts.map((part) => expandPart(part, shell, true)));
  return body.text.includes('\\') ? unknown(body.text) : known(body.text);
}

/** What a program writes into a pipe, for the few whose output is their words. */
export function outputOf(words: readonly Word[], input: Input): Input {
  const texts = words.flatMap((word) => (word.kind === 'known' ? [word.text] : []));
  const [name, first = '', ...more] = texts;
  if (texts.length < words.length || name === undefined) return UNKNOWN_INPUT;
  const text = (said: string): Input => ({ kind: 'text', text: known(said) });
  switch (name) {
    case 'echo':
      if (/^-[neE]*[eE]/.test(first)) return UNKNOWN_INPUT;
      return text((first === '-n' ? more : texts.slice(1)).join(' '));
    case 'printf':
      if (/^%s(\\n)?$/.test(first)) return text(more.join('\n'));
      return more.length > 0 || /[%\\]/.test(first.replaceAll('\\n', '')) || first.startsWith('-')
        ? UNKNOWN_INPUT
        : text(first.replaceAll('\\n', '\n'));
    case 'cat':
      return texts.slice(1).every((one) => one === '-') ? input : UNKNOWN_INPUT;
    default:
      return UNKNOWN_INPUT;
  }
}
