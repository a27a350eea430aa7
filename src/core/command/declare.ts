import type { Word } from './word.ts';

const DECLARE = new Set(['declare', 'typeset', 'local', 'export', 'readonly']);
/** Builtins that set variables, by names that they are given or as the text that they run says. */
const SETTERS = new Set([
  ...DECLARE,
  ...'eval source . printf mapfile readarray getopts let unset wait set shopt enable'.split(' '),
]);

/** Whether a builtin takes assignments for what they are. */
export function assignAll(name: string): boolean {
  return DECLARE.has(name);
}

/** Whether a builtin may set variables in a way that was not followed. */
export function setsUnseen([program, ...args]: readonly Word[]): boolean {
  if (program?.kind !== 'known' || !SETTERS.has(program.text)) return false;
  if (program.text === 'printf') return args[0]?.kind !== 'known' || args[0].text.startsWith('-v');
  // Plain assignments are followed one by one.
  if (DECLARE.has(program.text))
    return !args.every((word) => /^(\w+=|-[xrg]+$|\w+$)/.test(word.text) && word.kind !== 'pattern');
  return program.text !== 'set' && program.text !== 'wait' ? true : args.some((word) => /^-p/.test(word.text));
}
