import { known, mayBeOption, type Word } from '../word.ts';
import { parseOptions } from '../options.ts';
import type { Judge, Judging } from '../judging.ts';

// Programs that change files in a way that is understood: they always ask, and the card can say what would be lost.

function operandsOf(args: readonly Word[], withValue: readonly string[] = []): Word[] {
  const operands: Word[] = [];
  for (let at = 0; at < args.length; at += 1) {
    const word = args[at] as Word;
    if (word.kind === 'known' && word.text === '--') return [...operands, ...args.slice(at + 1)];
    if (withValue.includes(word.text)) at += 1;
    else if (!mayBeOption(word) || word.kind !== 'known') operands.push(word);
  }
  return operands;
}

const deletes: Judge = (args, it, name) => {
  it.doubt(`${name} deletes`);
  for (const word of operandsOf(args)) it.path(word, 'delete');
};

const writes: Judge = (args, it, name) => {
  it.doubt(`${name} writes`);
  for (const word of operandsOf(args, ['-s', '-r', '-d', '-t', '-m', '--size', '--reference', '--date', '--mode']))
    it.path(word, 'write');
};

const tee: Judge = (args, it, name) => {
  for (const word of parseOptions('-a -i -p --append --ignore-interrupts', args, it, name).operands)
    it.path(word, 'write');
};

/** The first operand is a mode or an owner. */
const changesMode: Judge = (args, it, name) => {
  it.doubt(`${name} changes who may do what`);
  for (const word of operandsOf(args).slice(1)) it.path(word, 'write');
};

function copies(source: 'read' | 'delete'): Judge {
  return (args, it, name) => {
    it.doubt(name === 'mv' ? 'mv moves files' : `${name} writes`);
    const target = args.flatMap((word, index) => {
      if (word.text === '-t' || word.text === '--target-directory')
        return args[index + 1] ? [args[index + 1] as Word] : [];
      return word.text.startsWith('--target-directory=') ? [known(word.text.slice(19))] : [];
    })[0];
    const operands = operandsOf(args, ['-t', '--target-directory', '-S', '--suffix']);
    const sources = target ? operands : operands.slice(0, -1);
    // What a symbolic link points to is a text, seen from where the link stands.
    const isSymbolic = name === 'ln' && args.some((word) => /^(-[a-zA-Z]*s|--symbolic)/.test(word.text));
    for (const word of sources) {
      if (!isSymbolic) it.path(word, source);
      else if (/^[/~]/.test(word.text)) it.guess(word);
    }
    const last = target ?? operands.at(-1);
    if (last) it.path(last, 'write');
  };
}

const dd: Judge = (args, it) => {
  it.doubt('dd writes');
  for (const word of args) {
    if (word.text.startsWith('of=')) it.path(known(word.text.slice(3)), 'write');
    if (word.text.startsWith('if=')) it.path(known(word.text.slice(3)), 'read');
  }
};

/** The words of a program or an option that is not understood may still be paths: a denied one stays denied. */
export function namesPaths(args: readonly Word[], it: Judging): void {
  for (const word of args) {
    if (word.kind === 'unknown') continue;
    const bare = word.text.startsWith('-') ? word.text.slice(word.text.indexOf('=') + 1) : word.text;
    if (word.text.startsWith('-') && !word.text.includes('=')) continue;
    if (bare !== '' && !/[\n;(){}]/.test(bare)) it.guess(word.kind === 'known' ? known(bare) : word);
  }
}

export const CHANGES: [string, Judge][] = [
  ...['rm', 'rmdir', 'unlink', 'shred'].map((name): [string, Judge] => [name, deletes]),
  ...['touch', 'mkdir', 'truncate', 'mkfifo', 'mktemp'].map((name): [string, Judge] => [name, writes]),
  ...['chmod', 'chown', 'chgrp'].map((name): [string, Judge] => [name, changesMode]),
  ['tee', tee],
  ['mv', copies('delete')],
  ['cp', copies('read')],
  ['ln', copies('read')],
  ['install', copies('read')],
  ['dd', dd],
];
