import type { SyntaxNode } from 'unbash';
import type { BashParser } from './bash.ts';

/** Syntax in which what is written once starts at most once, here, and is waited for. */
const STRAIGHT: ReadonlySet<SyntaxNode['type']> = new Set<SyntaxNode['type']>([
  ...(['Script', 'Statement', 'AndOr', 'Pipeline', 'Time', 'Negation', 'Command', 'Redirected'] as const),
  ...(['Subshell', 'BraceGroup', 'CompoundList', 'If', 'Elif'] as const),
  ...(['TestCommand', 'TestUnary', 'TestBinary', 'TestLogical', 'TestNot', 'TestGroup'] as const),
  ...(['Word', 'Literal', 'Glob', 'SingleQuoted', 'DoubleQuoted', 'AnsiCQuoted', 'SimpleExpansion'] as const),
  ...(['Redirect', 'FileDescriptor'] as const),
]);

/**
 * Whether every program that a line writes out starts at most once, one after the other or in a pipe: no loops, no
 * functions, nothing in the background, no shell in between. What is not known here, or cannot be read, is not straight.
 */
export function isStraight(text: string, parser: BashParser): boolean {
  const parsed = parser.parse(text);
  if (!parsed.ok) return false;
  let isAll = true;
  // Set for one program. What is set for the shell may be among what later programs are given.
  const settings = new Set<SyntaxNode>();
  const visit = (node: SyntaxNode): void => {
    if (node.type === 'Command' && node.name) for (const one of node.prefix) settings.add(one);
    if (settings.has(node)) parser.children(node, visit);
    else if (!STRAIGHT.has(node.type) || (node.type === 'Statement' && node.background === true)) isAll = false;
    else parser.children(node, visit);
  };
  visit(parsed.script);
  return isAll;
}
