import type { ParsedScript, SyntaxNode } from 'unbash';

/** Longer command lines are not looked into: nested ones take the parser a time that grows faster than they do. */
export const MOST_CHARACTERS = 10_000;
const MOST_DEPTH = 24;
/** Of the tree that the parser makes: whoever walks it calls themselves for each level. */
const MOST_LEVELS = 300;

/** A bash parser, loaded at first use. */
export interface BashParser {
  parse(text: string): Parsed;
  children(node: SyntaxNode, visit: (child: SyntaxNode) => void): void;
}

/** `isTooMuch`: it was not looked into, since it is too long or too deep. */
export type Parsed = { ok: true; script: ParsedScript } | { ok: false; problem: string; isTooMuch?: boolean };

let loading: Promise<BashParser> | undefined;

export function bashParser(): Promise<BashParser> {
  loading ??= import('unbash').then(({ parse, forEachChild }) => ({
    parse: (text) => parseSurely(text, parse, forEachChild),
    children: forEachChild,
  }));
  return loading;
}

type Parse = (text: string) => ParsedScript;
type ForEachChild = (node: SyntaxNode, visit: (child: SyntaxNode) => void) => void;

/**
 * Parses and fails closed: any error of the parser, here or in a nested script, and any sign of a substitution that
 * did not become a node (unbash 6.0.4 overlooks the one in `a=(b $(c) )#`, which bash runs).
 */
function parseSurely(text: string, parse: Parse, forEachChild: ForEachChild): Parsed {
  const fail = (problem: string): Parsed => ({ ok: false, problem });
  const tooMuch = (problem: string): Parsed => ({ ok: false, problem, isTooMuch: true });
  if (text.length > MOST_CHARACTERS) return tooMuch('it is too long to be looked into');
  // Bash drops a carriage return nowhere, and reads no other blank than space, tab and newline; people see neither.
  if (/[\r\v\f\0\u0080-\u00a0\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff\ufff9-\ufffb]/u.test(text))
    return fail('it holds characters that cannot be seen');
  if (nesting(text) > MOST_DEPTH) return tooMuch(TOO_DEEP);
  if (/(^|[^\\])(\\\\)*\\$/.test(text)) return fail('it ends in a backslash');
  try {
    const script = parse(text);
    const problem = problemIn(script, text, forEachChild);
    if (problem === TOO_DEEP) return tooMuch(problem);
    return problem === undefined ? { ok: true, script } : fail(problem);
  } catch (error) {
    if (error instanceof RangeError) return tooMuch(TOO_DEEP); // the parser calls itself for each level, too
    throw error;
  }
}

const TOO_DEEP = 'it is nested too deeply';

function nesting(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const character of text) {
    if (character === '(' || character === '{') deepest = Math.max(deepest, (depth += 1));
    else if (character === ')' || character === '}') depth = Math.max(0, depth - 1);
  }
  return deepest;
}

interface Found {
  /** Where substitutions start. */
  starts: Set<number>;
  /** Text that bash takes as it is. */
  plain: [from: number, to: number][];
  /** Text in which only `$(` and backticks start a substitution. */
  quoted: [from: number, to: number][];
  problem: string | undefined;
}

function problemIn(script: ParsedScript, source: string, forEachChild: ForEachChild, above = 0): string | undefined {
  const found: Found = { starts: new Set(), plain: [], quoted: [], problem: undefined };
  const visit = (node: SyntaxNode, isQuoted: boolean, level: number): void => {
    if (level > MOST_LEVELS) {
      found.problem = TOO_DEEP;
      return;
    }
    let within = isQuoted;
    switch (node.type) {
      case 'Script': {
        const nested: ParsedScript = node;
        if (nested.errors && nested.errors.length > 0)
          found.problem ??= `bash could not read it (${nested.errors[0]?.message ?? 'syntax error'})`;
        within = false;
        break;
      }
      case 'ProcessSubstitution':
        // Where more of the same word follows, the parser may take it for a word of its own.
        if (/[^\s;|&()<>]/.test(source[node.end] ?? ' '))
          found.problem ??= 'a process substitution in it is part of a word';
        if (node.script) found.starts.add(node.pos);
        else found.problem ??= 'a substitution in it could not be read';
        break;
      case 'CommandExpansion':
      case 'ArithmeticCommandExpansion':
        found.starts.add(node.pos);
        if (!node.script) found.problem ??= 'a substitution in it could not be read';
        // Its positions are those of its own, decoded text.
        else if (node.script.source !== undefined) {
          found.plain.push([node.pos + 1, node.end]);
          found.problem ??= problemIn(node.script, node.script.source, forEachChild, level + 1);
          return;
        } else if (source[node.pos] === '`') found.starts.add(node.end - 1);
        break;
      case 'ArithmeticExpansion':
        found.starts.add(node.pos);
        if (!node.expression) found.problem ??= 'an arithmetic expression in it could not be read';
        break;
      case 'SingleQuoted':
      case 'AnsiCQuoted':
        // Within double quotes and here-documents these quote nothing, whatever the parser makes of them.
        if (!isQuoted) found.plain.push([node.pos, node.end]);
        break;
      case 'HereDoc':
        if (!node.closing) found.problem ??= 'a here-document in it has no end';
        if (node.delimiter?.quoted === true) found.plain.push([node.body.pos, node.body.end]);
        else found.quoted.push([node.body.pos, node.body.end]);
        within = true;
        break;
      case 'DoubleQuoted':
      case 'LocaleString':
        found.quoted.push([node.pos, node.end]);
        within = true;
        break;
      default:
        break;
    }
    forEachChild(node, (child) => {
      visit(child, within, level + 1);
    });
  };
  visit(script, false, above);
  return found.problem ?? hiddenSubstitution(source, found);
}

/** Any `$(`, backtick, `<(` or `>(` that bash might run and the parser did not see. */
function hiddenSubstitution(source: string, { starts, plain, quoted }: Found): string | undefined {
  const within = (ranges: readonly [number, number][], at: number): boolean =>
    ranges.some(([from, to]) => at >= from && at < to);
  for (const match of source.matchAll(/\$\(|`|[<>]\(|\$\{[ \t\n|]/g)) {
    const at = match.index;
    if (starts.has(at) || within(plain, at) || isEscaped(source, at)) continue;
    if (/^[<>]/.test(match[0]) && within(quoted, at)) continue;
    return 'there may be a substitution in it that was not understood';
  }
  return undefined;
}

function isEscaped(source: string, at: number): boolean {
  let slashes = 0;
  while (source[at - 1 - slashes] === '\\') slashes += 1;
  return slashes % 2 === 1;
}
