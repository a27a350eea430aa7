import type { SyntaxNode } from 'unbash';
import type { BashParser } from './bash.ts';
import type { Effort } from './effort.ts';

const SETTERS = new Set(
  'read mapfile readarray printf declare typeset local export readonly unset getopts let wait eval source . set'.split(
    ' ',
  ),
);

const RUN_TEXTS = new Set(['eval', 'source', '.', 'trap']);

/** The variables that a piece of a script may set (`any` where that cannot be told), and whether it changes folder. */
export function assignedIn(
  root: SyntaxNode,
  parser: BashParser,
  effort: Effort,
): { names: Set<string> | 'any'; moves: boolean } {
  const names = new Set<string>();
  const found = { isOpen: false, moves: false };
  const visit = (node: SyntaxNode): void => {
    effort.step();
    if (node.type === 'Assignment') names.add(node.name);
    else if (node.type === 'For' || node.type === 'Select') names.add(node.name.value);
    else if (node.type === 'ArithmeticWord') names.add(node.value);
    else if (node.type === 'ParameterExpansion' && node.operation?.type === 'Default') names.add(node.parameter);
    else if (node.type === 'Command' && node.name) {
      const name = node.name.parts ? undefined : node.name.value;
      if (name === undefined || ['cd', 'pushd', 'popd', 'command', 'builtin', 'eval', 'source', '.'].includes(name))
        found.moves = true;
      const startsOther = name === 'command' || name === 'builtin';
      const words = [name, ...node.args.map((word) => (word.type === 'Word' && !word.parts ? word.value : ''))];
      // What these run is a text, and what an unknown program is may be one of them: anything may be set.
      if (words.some((word, at) => (at === 0 || startsOther) && (word === undefined || RUN_TEXTS.has(word))))
        found.isOpen = true;
      if (name !== undefined && (SETTERS.has(name) || startsOther))
        for (const word of node.args) {
          if (word.type === 'Word' && word.parts) found.isOpen = true;
          else if (word.type === 'Word') names.add(word.value.replace(/[=[].*$/s, ''));
        }
    }
    parser.children(node, visit);
  };
  visit(root);
  return { names: found.isOpen ? 'any' : names, moves: found.moves };
}
