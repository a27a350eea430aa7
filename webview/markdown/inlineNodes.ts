import type { Token } from 'markdown-it';
import type { Inline } from './node.ts';

/** What stands in a line. */
export function inlineNodes(tokens: readonly Token[]): Inline[] {
  const top: Inline[] = [];
  const open: { token: Token; children: Inline[] }[] = [];
  for (const token of tokens) {
    const into = open.at(-1)?.children ?? top;
    if (token.nesting === 1) open.push({ token, children: [] });
    else if (token.nesting === -1) {
      const closed = open.pop();
      if (closed) add(open.at(-1)?.children ?? top, wrapped(closed.token, closed.children));
    } else add(into, leaf(token));
  }
  for (const { children } of open) for (const child of children) add(top, child); // never so, or words would be lost
  return top;
}

function leaf(token: Token): Inline {
  switch (token.type) {
    case 'code_inline':
      return { kind: 'code', text: token.content };
    case 'image':
      return {
        kind: 'image',
        href: String(token.attrGet('src') ?? ''),
        alt: plainOf(inlineNodes(token.children ?? [])),
      };
    case 'hardbreak':
      return { kind: 'break' };
    case 'softbreak':
      return { kind: 'text', text: '\n' };
    default:
      return { kind: 'text', text: token.content };
  }
}

function wrapped(token: Token, children: readonly Inline[]): Inline {
  switch (token.type) {
    case 'strong_open':
      return { kind: 'strong', children };
    case 's_open':
      return { kind: 'struck', children };
    case 'link_open':
      return { kind: 'link', href: String(token.attrGet('href') ?? ''), children };
    default:
      return { kind: 'emphasis', children };
  }
}

/** Texts that follow one another are one. Of empty lines that follow one another one stays: a flood of them hides what is above. */
function add(into: Inline[], node: Inline): void {
  const last = into.at(-1);
  if (node.kind === 'text' && last?.kind === 'text')
    into[into.length - 1] = { kind: 'text', text: last.text + node.text };
  else if (node.kind === 'break' && last?.kind === 'break') return;
  else if (node.kind !== 'text' || node.text !== '') into.push(node);
}

/** The words alone. */
export function plainOf(nodes: readonly Inline[]): string {
  return nodes.map((node) => wordsOf(node)).join('');
}

function wordsOf(node: Inline): string {
  switch (node.kind) {
    case 'text':
    case 'code':
      return node.text;
    case 'image':
      return node.alt;
    case 'break':
      return '\n';
    default:
      return plainOf(node.children);
  }
}
