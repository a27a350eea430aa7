import type { TestExpression } from 'unbash';
import { expandOne, subscript, type Expansion } from './expand.ts';
import type { Word } from './word.ts';

/** `[[ … ]]`: what it asks about, and what bash computes in it. */
export function condition(node: TestExpression, shell: Expansion, lists: (word: Word) => void): void {
  shell.effort.step();
  switch (node.type) {
    case 'TestUnary': {
      const operand = expandOne(node.operand, shell);
      if (/^-[vR]$/.test(node.operator)) subscript(operand, shell);
      else if (/^-[a-hkprstuwxGLNOS]$/.test(node.operator) && node.operator !== '-t') lists(operand);
      return;
    }
    case 'TestBinary': {
      const sides = [expandOne(node.left, shell), expandOne(node.right, shell)];
      if (/^-(eq|ne|lt|le|gt|ge)$/.test(node.operator)) for (const side of sides) subscript(side, shell);
      return;
    }
    case 'TestLogical':
      for (const one of node.operands) condition(one, shell, lists);
      return;
    case 'TestNot':
      condition(node.operand, shell, lists);
      return;
    case 'TestGroup':
      condition(node.expression, shell, lists);
  }
}
