import type { CommandNode, SyntaxNode } from 'unbash';
import { named } from '../../shared/named.ts';
import type { BashParser } from './bash.ts';

/**
 * What an exit code of zero does not say about a line, as a sentence; undefined where it says that all went well, or where
 * the line cannot be read. A shell without `pipefail` ends as the last program of a pipe does (bash(1), Pipelines).
 */
export function whoseZero(line: string, parser: BashParser): string | undefined {
  const parsed = parser.parse(line);
  const last = parsed.ok ? parsed.script.commands.at(-1) : undefined;
  if (!last || last.background === true) return undefined;
  let node: SyntaxNode = last.command;
  if (node.type === 'AndOr') {
    const end: SyntaxNode | undefined = node.commands.at(-1);
    const isEither = node.operators.includes('||');
    const always = end?.type === 'Command' && /^(true|:)$/.test(end.name?.value ?? '') ? end.name?.text : undefined;
    if (isEither && node.operators.at(-1) === '||' && always !== undefined)
      return `that is the exit code of the line with ${named(`|| ${always}`)} at its end: it is 0 whatever happened`;
    if (isEither || !end) return undefined;
    node = end;
  }
  if (node.type !== 'Pipeline' || node.commands.length < 2 || /\bpipefail\b/.test(line)) return undefined;
  if (node.prefixes.some(({ type }) => type === 'Negation')) return undefined;
  return `that is the exit code of ${nameOf(node.commands.at(-1))}, the last of the pipe; whether another one failed is not in it`;
}

function nameOf(node: CommandNode | undefined): string {
  return node?.type === 'Command' && node.name ? named(node.name.text) : 'what stands last';
}
