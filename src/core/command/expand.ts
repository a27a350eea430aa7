import type { ArithmeticExpression, ParsedScript, Word as WordNode, WordPart } from 'unbash';
import type { Effort } from './effort.ts';
import { isSpecialVariable } from './shellState.ts';
import { joined, known, place, unknown, type Word } from './word.ts';

/** What expansion needs of the shell's state, and whom it tells what it finds. */
export interface Expansion {
  variable(name: string): Word | undefined;
  /** Which variable is used is not known. */
  anyVariable(): void;
  /** A variable may have changed. */
  forget(name: string): void;
  /** A script that is run for its output (returns what that is), or `isFed` with what a program writes. */
  substituted(script: ParsedScript, isFed: boolean): Word;
  doubt(why: string): void;
  /** A variable is set that programs see, and that is all there is to doubt. */
  sets(name: string, why: string): void;
  /** It is not known which programs start. */
  unread(why: string): void;
  /** A text that a shell will run at some time. */
  willRun(text: Word): void;
  readonly effort: Effort;
}

const MOST_WORDS = 200;

/** The words that one written word becomes; braces make several, and an unquoted variable nobody knows how many. */
export function expandWord(node: WordNode, shell: Expansion): Word[] {
  const words = wordsOf(node, shell);
  for (const { text } of words) shell.effort.text(text.length);
  return words;
}

function wordsOf(node: WordNode, shell: Expansion): Word[] {
  const parts = node.parts;
  if (hasOtherBraces(node)) {
    for (const part of parts ?? []) expandPart(part, shell, false);
    return [unknown(node.text, '', true)];
  }
  if (!parts) return [literal(node.text, node.value)];
  if (parts.some((part) => part.type === 'BraceExpansion')) return braces(parts, shell);
  return [whole(node.text, parts, shell)];
}

/** Braces that the parser takes as they stand, and bash may not: `{a},b}` is two words there. */
function hasOtherBraces({ text, value, parts }: WordNode): boolean {
  if (!/\{.*(,|\.\.).*\}/s.test(text)) return false;
  if (!parts) return text === value;
  return parts.some((part) => part.type === 'Literal' && /[{}]/.test(part.text));
}

/** As one word: where bash neither splits nor looks for names (assignments, redirections, `case`, `[[`). */
export function expandOne(node: WordNode, shell: Expansion): Word {
  // Where one word is wanted bash leaves braces as they are.
  if (node.parts?.some((part) => part.type === 'BraceExpansion') === true) {
    for (const part of node.parts) expandPart(part, shell, false);
    return unknown(node.text);
  }
  const [first, ...more] = expandWord(node, shell);
  return first && more.length === 0 ? first : unknown(node.text);
}

function whole(text: string, parts: readonly WordPart[], shell: Expansion): Word {
  const [first, ...rest] = parts.map((part) => expandPart(part, shell, false));
  // Only an unquoted tilde in the first place is somebody's home.
  if (parts[0]?.type === 'Literal' && first) return joined([literal(text, first.text, first), ...rest]);
  if (first?.kind === 'known' && first.text.startsWith('~') && isWritten(parts[0]))
    return joined([quotedTilde(first.text), ...rest]);
  return joined([...(first ? [first] : []), ...rest]);
}

/** Whether a part starts with characters that stand there, not with a variable's value. */
function isWritten(part: WordPart | undefined): boolean {
  return part?.type === 'DoubleQuoted' ? part.parts[0]?.type === 'Literal' : part?.type.endsWith('Quoted') === true;
}

function literal(text: string, value: string, word: Word = known(value)): Word {
  if (text.startsWith('~')) return /^~(\/|$)/.test(value) ? place(value) : unknown(text, value === text ? '~' : '');
  return value.startsWith('~') ? quotedTilde(value) : word;
}

/** A file whose name starts with a tilde. */
function quotedTilde(name: string): Word {
  return place(`./${name}`);
}

/** `isQuoted`: inside double quotes, where a variable is one word and its wildcards are ordinary characters. */
export function expandPart(part: WordPart, shell: Expansion, isQuoted: boolean): Word {
  shell.effort.step();
  switch (part.type) {
    case 'Literal':
      return known(part.value);
    case 'SingleQuoted':
    case 'AnsiCQuoted':
      return known(part.value);
    case 'DoubleQuoted':
    case 'LocaleString':
      return joined([known(''), ...part.parts.map((child) => expandPart(child, shell, true))]);
    case 'Glob':
      for (const child of part.kind === 'bracket' ? part.parts : []) expandPart(child, shell, isQuoted);
      return { kind: 'pattern', text: part.text, head: '' };
    case 'ExtendedGlob':
      for (const child of part.parts ?? []) expandPart(child, shell, isQuoted);
      return { kind: 'pattern', text: part.text, head: '' };
    case 'BraceExpansion':
      for (const child of part.parts ?? []) expandPart(child, shell, isQuoted);
      return unknown(part.text);
    case 'SimpleExpansion':
      return ofVariable(part.text.slice(1), part.text, shell, isQuoted);
    case 'ParameterExpansion':
      return parameter(part, shell, isQuoted);
    case 'CommandExpansion':
    case 'ProcessSubstitution': {
      if (!part.script) {
        shell.unread('a substitution in it could not be read');
        return unknown(part.text);
      }
      const output = shell.substituted(part.script, part.text.startsWith('>('));
      if (part.type === 'ProcessSubstitution') return unknown(part.text, '/dev/fd/');
      return output.kind === 'known' ? output : unknown(part.text, '', !isQuoted);
    }
    case 'ArithmeticExpansion':
      if (part.expression) arithmetic(part.expression, shell);
      return unknown(part.text);
  }
}

function ofVariable(name: string, text: string, shell: Expansion, isQuoted: boolean): Word {
  const value = shell.variable(name);
  if (value) shell.effort.text(value.text.length);
  if (!value) return unknown(text, '', !isQuoted && !/^[?#$!]$/.test(name));
  // Nothing, unquoted, is no word at all.
  if (!isQuoted && value.text === '') return unknown(text, '', true);
  if (isQuoted) return value;
  if (/[\s\\]/.test(value.text)) return unknown(text, '', true);
  // Names that a glob found may hold blanks, and become several words here.
  if (value.kind === 'pattern') return { kind: 'pattern', text: value.text, head: '' };
  return /[*?[]/.test(value.text) ? unknown(text, '', true) : value;
}

function parameter(part: Extract<WordPart, { type: 'ParameterExpansion' }>, shell: Expansion, isQuoted: boolean): Word {
  const { operation, index, prefix } = part;
  // Whatever is done to its value, the value is used; what is behind `!` may be any variable.
  if (operation?.type !== 'Names') shell.variable(part.parameter);
  if (prefix === '!' && operation?.type !== 'Names') shell.anyVariable();
  if (index) subscript(expandOne(index, shell), shell);
  if (prefix === '!') shell.unread('${!…} runs what a variable names');
  if (!operation)
    return prefix || index
      ? unknown(part.text, '', !isQuoted && prefix !== '#')
      : ofVariable(part.parameter, part.text, shell, isQuoted);
  switch (operation.type) {
    case 'Default':
      expandWord(operation.operand, shell);
      if (operation.operator.endsWith('=')) {
        shell.forget(part.parameter);
        if (isSpecialVariable(part.parameter)) shell.unread(`it sets ${part.parameter}`);
      }
      break;
    case 'Remove':
      expandWord(operation.operand, shell);
      break;
    case 'Replace':
      expandWord(operation.pattern, shell);
      expandWord(operation.replacement, shell);
      break;
    case 'Slice':
      subscript(expandOne(operation.offset, shell), shell);
      if (operation.length) subscript(expandOne(operation.length, shell), shell);
      break;
    case 'CaseModification':
      if (operation.operand) expandWord(operation.operand, shell);
      break;
    case 'Names':
      break;
    case 'Transform':
    case 'Unknown':
      shell.unread(`${part.text} may run what a variable holds`);
  }
  return unknown(part.text, '', !isQuoted);
}

/** Bash computes subscripts and offsets, and in computing runs what stands in brackets of a variable's value. */
export function subscript(word: Word, shell: Expansion): void {
  if (word.kind !== 'known' || !/^([0-9\s+*/-]*|[@*])$/.test(word.text))
    shell.unread('it computes with a value that bash may run as a command');
}

/** As `subscript`, for `$((…))` and `((…))`. Numbers, and variables that surely hold one, are harmless. */
export function arithmetic(node: ArithmeticExpression, shell: Expansion): void {
  shell.effort.step();
  switch (node.type) {
    case 'ArithmeticBinary':
      if (/^[^=!<>]*=$/.test(node.operator) && node.operator !== '==' && node.left.type === 'ArithmeticWord')
        shell.forget(node.left.value);
      arithmetic(node.left, shell);
      arithmetic(node.right, shell);
      return;
    case 'ArithmeticUnary':
      if (/^(\+\+|--)$/.test(node.operator) && node.operand.type === 'ArithmeticWord') shell.forget(node.operand.value);
      arithmetic(node.operand, shell);
      return;
    case 'ArithmeticTernary':
      for (const one of [node.test, node.consequent, node.alternate]) arithmetic(one, shell);
      return;
    case 'ArithmeticGroup':
      arithmetic(node.expression, shell);
      return;
    case 'ArithmeticWord': {
      for (const part of node.parts ?? []) expandPart(part, shell, true);
      if (/^[0-9]+$/.test(node.value)) return;
      const name = node.value.replace(/^\$\{?|\}$/g, '');
      const value = shell.variable(name.replace(/\[.*$/s, ''));
      if (value?.kind !== 'known' || !/^[0-9]+$/.test(value.text) || name.includes('['))
        shell.unread('it computes with a value that bash may run as a command');
      return;
    }
    case 'ArithmeticCommandExpansion':
      if (node.script) shell.substituted(node.script, false);
      shell.unread('it computes with a value that bash may run as a command');
  }
}

/** The words that comma lists and short ranges of numbers in braces stand for. */
function braces(parts: readonly WordPart[], shell: Expansion): Word[] {
  // Braces come first: `$x{a,b}` means `$xa` and `$xb`.
  if (parts.some((part) => part.type === 'SimpleExpansion')) {
    for (const one of parts) expandPart(one, shell, false);
    return [unknown(parts.map(({ text }) => text).join(''), '', true)];
  }
  const isQuoted = parts.some((part) => part.type.endsWith('Quoted') || part.type === 'LocaleString');
  let words: Word[][] = [[]];
  for (const part of parts) {
    const choices = part.type === 'BraceExpansion' ? choicesOf(part.text) : [expandPart(part, shell, false)];
    if (!choices || words.length * choices.length > MOST_WORDS) {
      for (const one of parts) expandPart(one, shell, false);
      return [unknown(parts.map(({ text }) => text).join(''), '', true)];
    }
    words = words.flatMap((begun) => choices.map((choice) => [...begun, choice]));
  }
  return words
    .map(joined)
    .filter((word) => isQuoted || word.kind !== 'known' || word.text !== '') // bash drops what is left empty
    .map((word) => (word.text.startsWith('~') ? unknown(word.text, '', true) : word));
}

function choicesOf(text: string): Word[] | undefined {
  const range = /^\{([0-9]{1,4})\.\.([0-9]{1,4})\}$/.exec(text);
  if (range) {
    const [from, to] = [Number(range[1]), Number(range[2])];
    if (/^0[0-9]/.test(range[1] ?? '') || /^0[0-9]/.test(range[2] ?? '') || Math.abs(from - to) > MOST_WORDS)
      return undefined;
    const step = from <= to ? 1 : -1;
    return Array.from({ length: Math.abs(to - from) + 1 }, (_, index) => known(String(from + index * step)));
  }
  // Nothing nested, quoted, escaped or expanded within.
  return /^\{[\w.:/@%+,=-]*,[\w.:/@%+,=-]*\}$/.test(text) ? text.slice(1, -1).split(',').map(known) : undefined;
}
